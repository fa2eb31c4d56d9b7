import assert from "node:assert/strict";
import fc from "fast-check";
import { compileGlob, globTest } from "./glob.ts";
import { lex } from "./lexer.ts";
import { parseQuery } from "./parser.ts";

describe("lex", () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ["", []],
    [
      "npm ci",
      [
        ["", "npm"],
        ["", "ci"],
      ],
    ],
    ['"npm ci"', [["", "npm ci"]]],
    [
      "host:*.github.com -comm:git",
      [
        ["host", "*.github.com"],
        ["-comm", "git"],
      ],
    ],
    ['under:"npm ci"', [["under", "npm ci"]]],
    ["port:80,443", [["port", "80", "443"]]],
    ["is:(denied,new)", [["is", "denied", "new"]]],
    ["PID:7", [["pid", "7"]]],
    ["198.51.100.1:443", [["", "198.51.100.1:443"]]],
    [
      'arg:"a,b" x',
      [
        ["arg", "a,b"],
        ["", "x"],
      ],
    ],
    ['"say \\"hi\\" \\\\"', [["", 'say "hi" \\']]],
    [
      "- -",
      [
        ["", "-"],
        ["", "-"],
      ],
    ],
    ["host:", [["host"]]],
    ["a,b", [["", "a,b"]]],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => {
      const got = lex(text).map((term) => [
        `${term.negated ? "-" : ""}${term.key ?? ""}`,
        ...term.values.map((value) => value.text),
      ]);
      assert.deepEqual(got, expected);
    });
  }

  it("never fails, and its terms cover the text in order", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "\\", " ", "-", ":", ",", "(", ")", "a", "host", "*", "é") }),
        (text) => {
          let at = 0;
          for (const term of lex(text)) {
            assert.ok(term.start >= at && term.end > term.start && term.end <= text.length);
            assert.match(text.slice(at, term.start), /^\s*$/);
            at = term.end;
          }
          assert.match(text.slice(at), /^\s*$/);
        },
      ),
    );
  });
});

describe("parseQuery", () => {
  const problems: readonly (readonly [string, string, RegExp])[] = [
    ["hots:x", "hots:", /no key hots:.*mean host:/],
    ["x port:abc", "abc", /port: needs a number/],
    ["port:", "port:", /port: needs a value/],
    ["is:runing", "runing", /Did you mean is:running/],
    ['a "b', '"b', /not closed/],
    ["larger-than:big", "big", /needs a size/],
    ["proto:icmp", "icmp", /proto: is one of tcp, udp|Did you mean/],
    ["op:destroy", "destroy", /op: is one of/],
  ];
  for (const [text, where, message] of problems) {
    it(`points at what is wrong in ${text}`, () => {
      const query = parseQuery(text);
      assert.equal(query.problems.length, 1);
      const [problem] = query.problems;
      assert.equal(text.slice(problem!.start, problem!.end), where);
      assert.match(problem!.message, message);
    });
  }

  it("keeps the terms that are right beside one that is wrong", () => {
    assert.equal(parseQuery("npm hots:x pid:7").terms.length, 2);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseQuery(text)));
  });
});

describe("globTest", () => {
  it("agrees with a regular expression", () => {
    const unit = fc.constantFrom("a", "b", "A", "*", ".", "/");
    fc.assert(
      fc.property(
        fc.string({ unit, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom("a", "b", "A", ".", "/"), maxLength: 12 }),
        fc.boolean(),
        (pattern, text, whole) => {
          const body = pattern
            .split("*")
            .map((piece) => piece.replaceAll(".", "\\."))
            .join("[^]*");
          const anchored = whole || pattern.includes("*");
          const expected = new RegExp(anchored ? `^${body}$` : body, "i").test(text);
          assert.equal(globTest(compileGlob(pattern, false, whole), text), expected);
        },
      ),
    );
  });

  it("takes a quoted star as a star", () => {
    assert.ok(globTest(compileGlob("a*", true, true), "a*"));
    assert.ok(!globTest(compileGlob("a*", true, true), "ab"));
  });

  it("stays fast on hostile text", () => {
    const start = performance.now();
    assert.ok(!globTest(compileGlob("*a*a*a*a*a*a*a*a*b", false, true), "a".repeat(200_000)));
    assert.ok(performance.now() - start < 500);
  });
});
