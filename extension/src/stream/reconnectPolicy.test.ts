import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultReconnectPolicy, reconnectDelay } from "./reconnectPolicy.ts";

describe("reconnectDelay", () => {
  it("doubles up to the longest wait", () => {
    const top = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((n) => reconnectDelay(defaultReconnectPolicy, n, 1));
    assert.deepEqual(top, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("stays within half and whole of the step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (n, dice) => {
        const wait = reconnectDelay(defaultReconnectPolicy, n, dice);
        const step = Math.min(30_000, 500 * 2 ** Math.min(n - 1, 30));
        assert.ok(wait >= step / 2 && wait <= step);
      }),
    );
  });
});
