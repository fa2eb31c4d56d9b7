import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { shellCommand, shellQuote } from "./shellQuote.ts";

describe("shellQuote", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["npm", "npm"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ["", "''"],
    ["--a=b", "--a=b"],
    ["=ls", "'=ls'"],
    ["$HOME `x`", "'$HOME `x`'"],
    ["a\nb", "$'a\\x0ab'"],
    ["\x1b]0;x\x07'", "$'\\x1b]0;x\\x07\\''"],
  ];
  for (const [argument, expected] of cases) {
    it(`quotes ${JSON.stringify(argument)}`, () => assert.equal(shellQuote(argument), expected));
  }

  it("is read back by a shell as it was", () => {
    const argument = fc
      .string({ unit: "binary", maxLength: 12 })
      .map((text) => text.replaceAll(/\0|[\ud800-\udfff]/g, "x"));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 60 }), (argv) => {
        const script = `printf '%s\\0' ${shellCommand(argv)}`;
        const out = execFileSync("bash", ["--norc", "-c", script], {
          encoding: "utf8",
          env: { LC_ALL: "C.UTF-8" },
          stdio: ["ignore", "pipe", "inherit"],
        });
        assert.deepEqual(out.split("\0").slice(0, -1), argv);
      }),
      { numRuns: 25 },
    );
  });

  it("sets no variable by a command that is called so", () => {
    assert.equal(shellCommand(["PATH=/tmp", "a=b"]), "'PATH=/tmp' a=b");
  });

  it("writes nothing that a terminal acts on", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) =>
        assert.doesNotMatch(shellQuote(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u),
      ),
    );
  });
});
