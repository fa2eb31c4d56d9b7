import assert from "node:assert/strict";
import fc from "fast-check";
import { moveEdge, moveRange, startRange } from "./brushKeys.ts";

const axis = { from: 0, to: 100e6, width: 1000 };
const range = { from: 40e6, to: 60e6 };
const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"] as const;
const seconds = (moved: { from: number; to: number } | undefined): readonly number[] =>
  moved === undefined ? [] : [moved.from / 1e6, moved.to / 1e6];

describe("keys of the time range", () => {
  it("make one where there is none", () => {
    assert.deepEqual(seconds(startRange("Home", axis)), [0, 10]);
    assert.deepEqual(seconds(startRange("ArrowLeft", axis)), [90, 100]);
    assert.equal(startRange("x", axis), undefined);
  });

  it("move it, widen it with Shift, and take it to the ends", () => {
    const moved = (key: string, shiftKey = false): readonly number[] =>
      seconds(moveRange({ key, shiftKey }, range, axis));
    assert.deepEqual(moved("ArrowRight"), [41, 61]);
    assert.deepEqual(moved("ArrowLeft"), [39, 59]);
    assert.deepEqual(moved("PageUp"), [50, 70]);
    assert.deepEqual(moved("ArrowRight", true), [40, 61]);
    assert.deepEqual(moved("ArrowLeft", true), [40, 59]);
    assert.deepEqual(moved("Home"), [0, 20]);
    assert.deepEqual(moved("End"), [80, 100]);
    assert.deepEqual(moved("Home", true), [0, 60]);
    assert.deepEqual(moved("End", true), [40, 100]);
    assert.deepEqual(moved("a"), []);
  });

  it("move one edge, up to the other one", () => {
    assert.deepEqual(seconds(moveEdge("ArrowRight", "from", range, axis)), [41, 60]);
    assert.deepEqual(seconds(moveEdge("End", "from", range, axis)), [60, 60]);
    assert.deepEqual(seconds(moveEdge("Home", "to", range, axis)), [40, 40]);
    assert.deepEqual(seconds(moveEdge("End", "to", range, axis)), [40, 100]);
  });

  it("never leave the axis, nor turn the range over", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom("from", "to", "all", "wide"))),
        (presses) => {
          let at = range;
          for (const [key, part] of presses) {
            at =
              (part === "from" || part === "to"
                ? moveEdge(key, part, at, axis)
                : moveRange({ key, shiftKey: part === "wide" }, at, axis)) ?? at;
            assert.ok(at.from >= axis.from && at.from <= at.to && at.to <= axis.to, `${key} ${part}`);
          }
        },
      ),
    );
  });
});
