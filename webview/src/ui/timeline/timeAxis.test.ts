import assert from "node:assert/strict";
import fc from "fast-check";
import { axisEnd, placeOf, precisionOf, roundSpan, ticksOf, timeAt } from "./timeAxis.ts";

const start = Date.UTC(2026, 10, 24, 12, 25, 0) * 1000;

describe("the time axis", () => {
  it("gives a run that goes on a round length with some room", () => {
    assert.deepEqual([0, 9e6, 60e6, 61e6, 3.6e9].map(roundSpan), [10_000, 10e6, 80e6, 80e6, 4e9]);
    fc.assert(
      fc.property(fc.nat(2 ** 45), (span) => {
        const round = roundSpan(span);
        assert.ok(round > span && (span < 10_000 || round <= span * 1.4));
      }),
    );
  });

  it("ends with the last event of a run that has ended", () => {
    assert.equal(axisEnd(start, start + 7e6, false), start + 7e6);
    assert.equal(axisEnd(start, start, false), start + 10_000);
  });

  it("finds the time of a place and the place of a time", () => {
    fc.assert(
      fc.property(fc.nat(1e10), fc.integer({ min: 1, max: 3000 }), fc.nat(1e10), (span, width, after) => {
        const axis = { from: start, to: start + span + 1, width };
        const t = start + (after % (span + 1));
        assert.ok(Math.abs(timeAt(axis, placeOf(axis, t)) - t) <= 1 + span / 1e9);
      }),
    );
  });

  it("is as exact as one can point", () => {
    const precision = (span: number): number => precisionOf({ from: 0, to: span, width: 1000 });
    assert.deepEqual([300e6, 20e6, 50_000].map(precision), [1e6, 1000, 1]);
  });

  it("writes round times, as exact as they are apart", () => {
    const texts = (span: number): string[] =>
      ticksOf({ from: start, to: start + span, width: 600 }).map(({ text }) => text.replace(/^\d\d:/, ""));
    assert.deepEqual(texts(300e6), ["25", "26", "27", "28", "29"]);
    assert.deepEqual(texts(5e6), ["25:00", "25:01", "25:02", "25:03", "25:04"]);
    assert.deepEqual(texts(50_000).slice(0, 2), ["25:00.000", "25:00.010"]);
  });

  it("writes no time on another, whatever the length", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 44 }), fc.integer({ min: 100, max: 4000 }), (span, width) => {
        const ticks = ticksOf({ from: start + 1234, to: start + 1234 + span, width });
        for (let i = 1; i < ticks.length; i++) assert.ok((ticks[i]?.x ?? 0) - (ticks[i - 1]?.x ?? 0) >= 80);
        for (const { x } of ticks) assert.ok(x >= 0 && x <= width);
      }),
    );
  });
});
