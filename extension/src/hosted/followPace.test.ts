import assert from "node:assert/strict";
import { followPace } from "./followPace.ts";

describe("the pace of following", () => {
  it("slackens as the hour becomes expensive, and rests before it costs 1,000", () => {
    assert.deepEqual([0, 779, 780, 859, 860, 919, 920, 5000].map(followPace), [1, 1, 8, 8, 30, 30, Infinity, Infinity]);
  });
});
