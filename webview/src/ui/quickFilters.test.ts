import assert from "node:assert/strict";
import { toggleQuickFilter } from "./quickFilters.ts";

describe("toggleQuickFilter", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["", "is:denied", "is:denied"],
    ["is:denied", "is:denied", ""],
    ["comm:git is:denied host:x", "is:new", "comm:git host:x is:new"],
    ["type:finding", "is:failed", "is:failed"],
    ["-is:denied", "is:denied", "-is:denied is:denied"],
  ];
  for (const [text, term, wanted] of cases) {
    it(`${term} in ${text || "nothing"}`, () => assert.equal(toggleQuickFilter(text, term), wanted));
  }
});
