import assert from "node:assert/strict";
import fc from "fast-check";
import { sarifText } from "./sarifText.ts";

/** A link begins at a bracket with an even number of backslashes before it. */
const LINK = /(?<!\\)(?:\\\\)*\[(?:\\.|[^\]\\])*\]\(/s;

describe("a text of SARIF", () => {
  for (const [text, expected] of [
    ["[words](https://a.example)", "\\[words](https://a.example)"],
    ["a[0] of b (c)", "a[0] of b (c)"],
    ["[[a](1)", "\\[\\[a](1)"],
    ["\\[a](1)", "\\\\\\[a](1)"],
    ["[a\\]b](1) [c]", "\\[a\\]b](1) [c]"],
    ["](", "]("],
  ] as const) {
    it(`has no link: ${text}`, () => assert.equal(sarifText(text), expected));
  }

  it("has no link whatever it is made of, and loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."[]()\\a1"), maxLength: 30 }), (text) => {
        const result = sarifText(text);
        assert.doesNotMatch(result, LINK);
        assert.equal(result.replaceAll("\\", ""), text.replaceAll("\\", ""));
      }),
      { seed: 3, numRuns: 2_000 },
    );
  });
});
