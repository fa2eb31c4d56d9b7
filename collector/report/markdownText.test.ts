import assert from "node:assert/strict";
import fc from "fast-check";
import { codeSpan, markdownCode } from "./markdownText.ts";
import { plainText } from "./plainText.ts";

describe("markdownCode", () => {
  const table: readonly (readonly [string, string])[] = [
    ["/usr/bin/node", "/usr/bin/node"],
    ["pypi.org:443", "pypi.org:443"],
    ["site_packages/__init__.py", "site_packages/&#95;&#95;init&#95;&#95;.py"],
    ["a|b", "a&#124;b"],
    ["a`b", "a&#96;b"],
    ["<img src=x onerror=1>", "&#60;img src=x onerror=1&#62;"],
    ["</code><script>", "&#60;/code&#62;&#60;script&#62;"],
    ["[x](javascript:1)", "&#91;x&#93;(javascript:1)"],
    ["https://evil.example/", "https&#58;//evil.example/"],
    ["www.evil.example", "www&#46;evil.example"],
    ["a\nb\r\n| --- |", "a&#92;u000ab&#92;u000d&#92;u000a&#124; --- &#124;"],
    ["*x* ~y~ $z$ \\", "&#42;x&#42; &#126;y&#126; &#36;z&#36; &#92;"],
    ["&lt;", "&#38;lt;"],
    ["ünïcode 文字", "ünïcode 文字"],
  ];
  for (const [text, code] of table) {
    it(`writes ${JSON.stringify(text)}`, () => assert.equal(markdownCode(text), `<code>${code}</code>`));
  }

  it("holds nothing that is markup, whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const inside = markdownCode(text)
          .slice("<code>".length, -"</code>".length)
          .replace(/&#\d+;/g, "");
        assert.doesNotMatch(inside, /[$&*<>[\\\]`|~\n\r]|:\/\/|www\./i);
      }),
    );
  });
});

describe("codeSpan", () => {
  it("stands between backticks where nothing in it ends them or is looked at within them", () => {
    assert.equal(codeSpan("site_packages/__init__.py"), "`site_packages/__init__.py`");
    assert.equal(codeSpan("https://evil.example/ @alice"), "`https://evil.example/ @alice`");
    assert.equal(codeSpan("a\n- b"), markdownCode("a\n- b"));
    for (const text of ["a`b", "a|b", "$x$", "<b>", " a", "a ", "", " "])
      assert.equal(codeSpan(text), markdownCode(text));
  });
});

describe("plainText", () => {
  it("shows characters that are not seen or that turn others around", () => {
    assert.equal(
      plainText("a\u202eb\u200bc\u0007d\u2066e\ufefff\u2028g"),
      "a\\u202eb\\u200bc\\u0007d\\u2066e\\ufefff\\u2028g",
    );
    assert.equal(plainText("x\u{e0041}y\u{ffffe}z\ud800"), "x\\u{e0041}y\\u{ffffe}z\\ud800");
    assert.equal(plainText("plain é 文"), "plain é 文");
  });

  it("cuts out the middle of what is too long", () => {
    const text = `${"a".repeat(300)}end`;
    assert.equal(plainText(text).length, 200);
    assert.match(plainText(text), /^a+…a+end$/);
    assert.equal(plainText("abc", 3), "abc");
  });
});
