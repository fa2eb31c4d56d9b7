import assert from "node:assert/strict";
import { Turns } from "./turns.ts";

describe("Turns", () => {
  it("lets one caller in per turn of the event loop, in order", async () => {
    const turns = new Turns();
    let loop = 0;
    let counting = true;
    const count = (): void => {
      loop += 1;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const got: (readonly [number, number])[] = [];
    await Promise.all([1, 2, 3].map((caller) => turns.next().then(() => got.push([caller, loop]))));
    counting = false;
    assert.deepEqual(
      got.map(([caller]) => caller),
      [1, 2, 3],
    );
    assert.equal(new Set(got.map(([, turn]) => turn)).size, 3);
    await turns.next();
  });
});
