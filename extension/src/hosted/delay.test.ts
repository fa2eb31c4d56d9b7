import assert from "node:assert/strict";
import fc from "fast-check";
import { behindMs } from "./delay.ts";

describe("behindMs", () => {
  const now = 1_790_000_100_000;
  it("is the age of the newest event", () => {
    assert.equal(behindMs((now - 27_000) * 1000, now - 20_000, now), 27_000);
    assert.equal(behindMs((now - 27_000) * 1000, undefined, now), 27_000);
  });
  it("is the age of the upload where the runner's clock is minutes off", () => {
    assert.equal(behindMs((now - 3_600_000) * 1000, now - 20_000, now), 20_000);
    assert.equal(behindMs((now + 600_000) * 1000, now - 20_000, now), 20_000);
  });
  it("is never negative", () => {
    const near = fc.integer({ min: now - 1e9, max: now + 1e9 });
    fc.assert(fc.property(near, fc.option(near, { nil: undefined }), (t, at) => behindMs(t * 1000, at, now) >= 0));
  });
});
