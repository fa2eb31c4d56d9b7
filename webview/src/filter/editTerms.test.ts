import assert from "node:assert/strict";
import fc from "fast-check";
import { hasTerm, quoted, valuesOf, withoutTerms, withTerm } from "./editTerms.ts";

describe("withTerm", () => {
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ["", "time:1", "time:1"],
    ["", undefined, ""],
    ["host:x", "time:1", "host:x time:1"],
    ["time:9 host:x", "time:1", "time:1 host:x"],
    ["host:x time:9 comm:git", undefined, "host:x comm:git"],
    ["time:9 a time:8", "time:1", "time:1 a"],
    ["-time:9 host:x", "time:1", "-time:9 host:x time:1"],
    ['"time:9"  b', "time:1", '"time:9"  b time:1'],
    ["TIME:9", "time:1", "time:1"],
  ];
  for (const [text, term, wanted] of cases) {
    it(`${text || "nothing"} with ${term ?? "none"}`, () => assert.equal(withTerm(text, "time", term), wanted));
  }
});

describe("quoted", () => {
  it("writes any value so that it is read back", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        assert.deepEqual(valuesOf(`a step:${quoted(value)} -step:b`, "step"), [value]);
      }),
    );
  });
});

describe("withoutTerms", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", ""],
    ["is:denied", ""],
    ["host:x is:denied  comm:git", "host:x comm:git"],
    ["-is:denied is:denied,new a", "-is:denied is:denied,new a"],
    ["is:new is:denied is:new", ""],
    ['"is:denied" b', '"is:denied" b'],
  ];
  for (const [text, wanted] of cases) {
    it(`${text || "nothing"} becomes ${wanted || "nothing"}`, () => {
      assert.equal(withoutTerms(text, ["is:denied", "is:new"]), wanted);
      assert.equal(hasTerm(wanted, "is:denied"), false);
    });
  }
});
