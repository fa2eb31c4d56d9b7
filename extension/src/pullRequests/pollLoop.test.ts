import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../stream/testCollector.ts";
import { PollLoop } from "./pollLoop.ts";

describe("the loop that polls", () => {
  let polls = 0;
  let isWanted = true;
  let wait = 1;
  let errors: unknown[] = [];
  let during: (() => Promise<void>) | undefined;
  let loop: PollLoop;

  beforeEach(() => {
    [polls, isWanted, wait, errors, during] = [0, true, 1, [], undefined];
    loop = new PollLoop({
      poll: async () => {
        polls += 1;
        await during?.();
        return wait;
      },
      isWanted: () => isWanted,
      onError: (error) => errors.push(error),
    });
  });
  afterEach(() => loop.dispose());

  /** Long enough for many polls of a millisecond. */
  const quiet = async (): Promise<number> => {
    const before = polls;
    await sleep(60);
    return polls - before;
  };

  it("asks nothing while nobody looks, and at once when somebody does", async () => {
    isWanted = false;
    loop.wake();
    assert.equal(await quiet(), 0);
    isWanted = true;
    loop.wake();
    await until("polls", () => polls > 3);
    isWanted = false;
    await sleep(10);
    assert.equal(await quiet(), 0, "the window has lost the focus");
  });

  it("asks one thing at a time, and once more where it was woken meanwhile", async () => {
    wait = Number.POSITIVE_INFINITY;
    const gates: (() => void)[] = [];
    during = () => new Promise((resolve) => gates.push(resolve));
    loop.wake();
    loop.wake();
    loop.wake();
    assert.equal(polls, 1);
    gates[0]?.();
    await until("the second", () => polls === 2);
    gates[1]?.();
    assert.equal(await quiet(), 0, "nothing is due any more");
  });

  it("goes on after a defect, but not at once", async () => {
    during = () => Promise.reject(new Error("a defect"));
    loop.wake();
    await until("the defect", () => errors.length === 1);
    assert.equal(await quiet(), 0);
  });

  it("asks nothing any more once it is over", async () => {
    loop.wake();
    await until("polls", () => polls > 1);
    loop.dispose();
    await sleep(10);
    assert.equal(await quiet(), 0);
    loop.wake();
    assert.equal(await quiet(), 0);
  });
});
