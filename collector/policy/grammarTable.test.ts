// Texts that people write for Harden-Runner, and what becomes of each under either dialect: nothing is dropped in silence.
import assert from "node:assert/strict";
import { formatRule } from "./format.ts";
import { parseHardenRunner } from "./hardenRunner.ts";
import { parseRunglass } from "./runglass.ts";

/** The text; what goes wrong with that agent; the entries that we take; the errors that we tell, each with its remedy. */
const ROWS: readonly (readonly [string, string, string, string])[] = [
  ["api.github.com", "", "api.github.com", ""],
  ["a.com:443 a.com:80", "", "a.com a.com:80", ""],
  ["a.com:443\nb.com:443", "newline-separated lost", "a.com b.com", ""],
  ["https://a.com", "invalid-port lost, unresolvable reverts", "", "1:1 url-without-path -> https://a.com/*"],
  ["https://a.com/p:443", "invalid-port lost, more-colons ignored, unresolvable reverts", "https://a.com/p:443", ""],
  ["a.com:443/tcp", "invalid-port lost", "a.com", ""],
  ["a.com:*", "invalid-port lost", "a.com:*", ""],
  ["a.com:80,443", "invalid-port lost", "", "1:1 comma -> a.com:80 a.com:443"],
  ["a.com # note", "unresolvable reverts, unresolvable reverts", "a.com", ""],
  ["a.com,b.com:443", "unresolvable reverts", "", "1:1 comma -> a.com b.com:443"],
  ["1.1.1.1:53", "unresolvable reverts", "1.1.1.1:53", ""],
  ["10.0.0.0/8:443", "unresolvable reverts", "10.0.0.0/8", ""],
  ["[::1]:443", "invalid-port lost, more-colons ignored, unresolvable reverts", "::1", ""],
  ["::1", "invalid-port lost, more-colons ignored, unresolvable reverts", "::1", ""],
  ["*.a.com", "", "*.a.com", ""],
  ["*a.com", "wide-wildcard wide", "", "1:1 misplaced-wildcard"],
  ["x*.a.com", "wide-wildcard wide", "", "1:1 misplaced-wildcard -> *.a.com"],
  ["*.a.*.com", "second-wildcard wide", "", "1:1 misplaced-wildcard"],
  ["a.*", "wide-wildcard wide", "", "1:1 misplaced-wildcard"],
  ["*", "wide-wildcard wide", "", "1:1 misplaced-wildcard"],
  ["*.a.com:443 *.a.com:80", "wildcard-port lost", "*.a.com *.a.com:80", ""],
  ["A.com", "uppercase lost", "a.com", ""],
];

describe("a list of endpoints under both dialects", () => {
  for (const [text, agent, entries, errors] of ROWS) {
    it(JSON.stringify(text), () => {
      const hardenRunner = parseHardenRunner(text);
      assert.equal(hardenRunner.problems.map(({ code, effect }) => `${code} ${effect}`).join(", "), agent);
      const { rules, problems } = parseRunglass(text);
      assert.equal(rules.map(formatRule).join(" "), entries);
      const told = problems.map(({ code, place, instead }) => {
        const remedy = instead === undefined ? "" : ` -> ${instead}`;
        return `${place.line}:${place.column} ${code}${remedy}`;
      });
      assert.equal(told.join(", "), errors);
    });
  }

  it("has remedies that are entries themselves", () => {
    for (const [text] of ROWS) {
      for (const { instead } of parseRunglass(text).problems) {
        if (instead !== undefined) assert.deepEqual(parseRunglass(instead).problems, [], `${text}: ${instead}`);
      }
    }
  });
});
