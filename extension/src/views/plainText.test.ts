import assert from "node:assert/strict";
import fc from "fast-check";
import { plainMarkdown, plainStatusText, plainText } from "./plainText.ts";

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

  it("is no Markdown, and no address that a link would be made of", () => {
    assert.equal(plainMarkdown("see www.x.y"), "see www&#46;x&#46;y");
    assert.equal(plainMarkdown("&lt;"), "&#38;lt&#59;");
    const decoded = (text: string): string =>
      text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl(), fc.emailAddress()), (text) => {
        const shown = plainMarkdown(text, 400);
        assert.match(shown, /^(?:[\p{L}\p{N} ]|&#\d{1,7};)*$/u);
        assert.equal(decoded(shown), plainText(text, 400));
      }),
    );
  });

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
