import assert from "node:assert/strict";
import fc from "fast-check";
import { BINS, TimeBins } from "./timeBins.ts";

const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);

describe("TimeBins", () => {
  it("counts every event once, in the bin of its time, however long the run becomes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(1e6), fc.nat(2 ** 31), fc.maxSafeNat()), { minLength: 1, maxLength: 200 }),
        (times) => {
          const bins = new TimeBins();
          const start = times[0] ?? 0;
          for (const t of times) bins.count(t + 1);
          assert.equal(sum(bins.events), times.length);
          const span = Math.max(...times) - start;
          assert.ok(span < bins.width * BINS);
          // No coarser than it must be: half as wide would not do.
          assert.ok(bins.width === 250 || span >= (bins.width / 2) * BINS);
          const bin = Math.max(0, Math.floor((start - start) / bins.width));
          assert.ok((bins.events[bin] ?? 0) > 0);
        },
      ),
    );
  });

  it("keeps events in order while it becomes coarser", () => {
    const bins = new TimeBins();
    for (let i = 0; i < 5000; i++) bins.count(1_000_000 + i * 1000);
    const used = Math.ceil((5000 * 1000) / bins.width);
    assert.ok(used > BINS / 2);
    for (let i = 0; i < used - 1; i++)
      assert.equal(Math.sign(bins.events[i] ?? 0) + Math.sign(bins.events[i + 1] ?? 0) > 0, true);
    assert.equal(bins.events[used + 1], 0);
  });

  it("counts what is older than the first event with it", () => {
    const bins = new TimeBins();
    bins.count(5000);
    bins.count(10);
    assert.equal(bins.events[0], 2);
  });

  it("keeps marks apart, and says when each was first and when most took place", () => {
    const bins = new TimeBins();
    assert.equal(bins.peak, undefined);
    bins.reach(1_000_000);
    bins.count(1_000_500);
    bins.count(1_100_000);
    bins.count(1_100_000);
    bins.mark("lost", 1_100_000, 1412);
    assert.equal(bins.firstOf("denied"), undefined);
    assert.equal(bins.firstOf("lost"), 1_100_000);
    assert.deepEqual(bins.peak, { t: 1_100_000, events: 2 });
    bins.mark("lost", 1_100_000, Number.MAX_SAFE_INTEGER);
    assert.equal(Math.max(...bins.marked.lost), 0xffff_ffff);
  });
});
