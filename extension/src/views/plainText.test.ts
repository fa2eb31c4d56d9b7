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
  /** How VS Code finds links in the text of a notification: one to a command is carried out by a click. */
  const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

  it("leaves no link that a notification would show as one", () => {
    for (const text of [
      "[click](command:workbench.action.terminal.new)",
      "[click](COMMAND:x)",
      "[x](https://evil.example/ 'title')",
      "[a](file:///etc/passwd)[b](command:y)",
      "[x]\u200B(command:y)",
      "[x](\u202Ecommand:y)",
      "[x]\n(command:y)",
    ]) {
      assert.doesNotMatch(plainText(text), link, text);
    }
    assert.equal(plainText("[click](command:x)"), "[click] (command:x)");
    assert.equal(plainText("list[0](x) and [a](b)"), "list[0](x) and [a](b)");
    const piece = fc.constantFrom("[", "]", "(", ")", "](", "command:", "https://", "file:", "a", " ", "\u200b", "\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        assert.doesNotMatch(plainText(pieces.join("")), link);
      }),
    );
  });

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
