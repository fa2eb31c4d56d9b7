import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeHidden, visibleBlock, visibleText } from "./visibleText.ts";

describe("visibleText", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["plain text", "plain text"],
    ["a\nb\tc\0", "a\\nb\\tc\\0"],
    ["\x1b[31mred", "\\e[31mred"],
    ["photo\u202egpj.exe", "photo\\u202egpj.exe"],
    ["zero\u200bwidth", "zero\\u200bwidth"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\ud800", "\\ud800"],
    ["Grüße 日本語 😀 עברית", "Grüße 日本語 😀 עברית"],
  ];
  for (const [text, expected] of cases) {
    it(`shows ${JSON.stringify(text)}`, () => assert.equal(escapeHidden(text), expected));
  }

  it("leaves nothing invisible, and is bounded", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 1, max: 80 }), (text, cap) => {
        const shown = visibleText(text, cap);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        assert.ok(shown.length <= cap * 9 + 1);
      }),
    );
  });

  it("cuts between characters, and says that it cut", () => assert.equal(visibleText("ab😀", 3), "ab…"));
  it("keeps the lines of a block", () => assert.equal(visibleBlock("a\n\x07b", 100), "a\n\\x07b"));
});
