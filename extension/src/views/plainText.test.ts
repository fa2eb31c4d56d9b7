import assert from "node:assert/strict";
import fc from "fast-check";
import { plainStatusText, plainText } from "./plainText.ts";

describe("plainText", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["npm ci", "npm ci"],
    ["two\nlines\tand a tab", "two lines and a tab"],
    ["bell\u0007 and escape\u001b[31m", "bell· and escape·[31m"],
    ["exe\u202Egnp.sh", "exe·gnp.sh"],
    ["zero\u200Bwidth", "zero·width"],
    ["grüße 日本語 🎉", "grüße 日本語 🎉"],
    ["  edges  ", "edges"],
  ];
  for (const [text, shown] of cases) it(`shows ${JSON.stringify(text)}`, () => assert.equal(plainText(text), shown));

  it("cuts and says so", () => assert.equal(plainText("abcdef", 4), "abc…"));

  it("gives one bounded line, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const shown = plainText(text, 50);
        assert.ok([...shown].length <= 50);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}]/u);
        assert.doesNotMatch(plainStatusText(text), /\$\(/);
      }),
    );
  });
});
