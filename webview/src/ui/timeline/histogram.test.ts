import assert from "node:assert/strict";
import fc from "fast-check";
import { TimeBins } from "../../model/timeBins.ts";
import { columnsOf } from "./histogram.ts";

describe("columnsOf", () => {
  it("shows each event and each mark once, whatever the width and length", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1e8), { minLength: 1, maxLength: 100 }),
        fc.integer({ min: 1, max: 3000 }),
        (times, width) => {
          const bins = new TimeBins();
          const start = 1_000_000;
          bins.reach(start);
          for (const t of times) {
            bins.count(start + t);
            bins.mark("denied", start + t);
          }
          const columns = columnsOf(bins, { from: start, to: start + Math.max(...times), width });
          const sum = (name: "events" | "denied"): number => columns.reduce((total, column) => total + column[name], 0);
          assert.ok(Math.abs(sum("events") - times.length) < 1e-6);
          assert.equal(sum("denied"), times.length);
        },
      ),
    );
  });

  it("shows of a part of the run what is in it", () => {
    const bins = new TimeBins();
    for (let i = 0; i < 100; i++) bins.count(1_000_000 + i * 1000);
    const columns = columnsOf(bins, { from: 1_020_000, to: 1_039_900, width: 100 });
    assert.equal(Math.round(columns.reduce((total, { events }) => total + events, 0)), 20);
  });
});
