import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "./tokenBucket.ts";

describe("TokenBucket", () => {
  it("lets a burst through, then so many a second", () => {
    const bucket = new TokenBucket(10, 3);
    assert.deepEqual(
      [0, 0, 0, 0, 99, 100, 100].map((now) => bucket.take(now)),
      [true, true, true, false, false, true, false],
    );
  });

  it("never lets more through than burst and rate allow", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (pauses) => {
        const bucket = new TokenBucket(20, 5);
        let [now, taken] = [0, 0];
        for (const pause of pauses) {
          now += pause;
          if (bucket.take(now)) taken++;
          assert.ok(taken <= 5 + (now * 20) / 1000 + 1e-6);
        }
      }),
    );
  });
});
