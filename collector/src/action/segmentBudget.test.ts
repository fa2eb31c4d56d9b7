import assert from "node:assert/strict";
import { SegmentBudget } from "./segmentBudget.ts";

const HOUR = 3_600_000;

/** When segments are begun of a log that always has something new, looked at twice a second. */
const busy = (ms: number, from = 0): number[] => {
  const budget = new SegmentBudget(0);
  const times: number[] = [];
  for (let now = from; now <= ms; now += 500) {
    if (!budget.allows(now)) continue;
    budget.spend(now);
    times.push(now);
  }
  return times;
};

const longestWait = (times: readonly number[]): number =>
  Math.max(...times.map((time, at) => time - (times[at - 1] ?? 0)));

describe("SegmentBudget", () => {
  it("has 400 segments for six hours and for more, however busy the job is", () => {
    assert.ok(busy(6 * HOUR).length <= 400, `${busy(6 * HOUR).length}`);
    assert.ok(busy(6 * HOUR).length > 350);
    assert.ok(busy(100 * HOUR).length <= 400);
  });

  it("lets nobody wait for longer than 13 seconds in the first hour", () => {
    const times = busy(HOUR);
    assert.ok(longestWait(times) <= 13_000, `${longestWait(times)}`);
    assert.ok(times[0]! <= 1_000);
  });

  it("leaves time between two", () => {
    const times = busy(6 * HOUR, HOUR);
    const shortest = Math.min(...times.slice(1).map((time, at) => time - times[at]!));
    assert.ok(shortest >= 4_000, `${shortest}`);
  });

  it("saves what a quiet job does not use", () => {
    const times = busy(6 * HOUR, HOUR).filter((time) => time < HOUR + 15 * 60_000);
    assert.ok(longestWait(times.slice(1).map((time) => time - times[0]!)) <= 5_000);
  });
});
