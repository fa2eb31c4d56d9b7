// Our reading of Harden-Runner's lists, and the matcher, against the independent one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseHardenRunner } from "../../collector/policy/hardenRunner.ts";
import { Matcher } from "../../collector/policy/matcher.ts";
import { agentReads } from "./agentReading.ts";

/** Rows of the table of the grammar: a list, and what the agent makes of it. */
const rows: readonly (readonly [list: string, entries: readonly string[]])[] = [
  ["api.github.com", ["api.github.com:443"]],
  ["a.com:443 a.com:80", ["a.com:443", "a.com:80"]],
  ["a.com:443\nb.com:443", ["a.com:0"]],
  ["https://a.com", ["https:0"]],
  ["https://a.com/p:443", ["https:0"]],
  ["a.com:443/tcp", ["a.com:0"]],
  ["a.com:*", ["a.com:0"]],
  ["a.com:80,443", ["a.com:0"]],
  ["a.com # note", ["a.com:443", "#:443", "note:443"]],
  ["a.com,b.com:443", ["a.com,b.com:443"]],
  ["10.0.0.0/8:443", ["10.0.0.0/8:443"]],
  ["[::1]:443", ["[:0"]],
  ["  a.com:443 \n", ["a.com:443"]],
  ["*.a.com:443 *.a.com:80", ["*.a.com:443", "*.a.com:80"]],
  ["a.com:99999 b.com:-1 c.com:+80 d.com:443:80", ["a.com:0", "b.com:0", "c.com:80", "d.com:443"]],
];

const word = fc.string({
  unit: fc.constantFrom(..."ab.A*:/#,-_[]0123", "a.com", "443", "*.", ".com", "80"),
  minLength: 1,
  maxLength: 8,
});
const blank = fc.constantFrom(" ", " ", " ", "  ", "\n", "\t", "\r\n", " \n", "\u00a0");
const list = fc
  .array(fc.tuple(word, blank), { maxLength: 12 })
  .map((words) => words.map(([text, after]) => text + after).join(""));
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."ab.-_", "a.com", ".com"), minLength: 1, maxLength: 8 }),
  fc.constantFrom("a.com", "b.a.com", "xa.com", "a.evil.net", "com"),
);
const port = fc.constantFrom(443, 80, 1, 65_535, 22);

describe("the reading of Harden-Runner's lists", () => {
  for (const [text, entries] of rows) {
    it(`${JSON.stringify(text)} is ${entries.join(" and ")}`, () => {
      assert.deepEqual(agentReads(text).entries, entries);
      assert.equal(parseHardenRunner(text).rules.length, entries.length);
    });
  }

  it("is the independent one, whatever the list and the question are", () => {
    fc.assert(
      fc.property(list, fc.array(fc.tuple(name, port), { minLength: 1, maxLength: 20 }), (text, questions) => {
        const theirs = agentReads(text);
        const ours = new Matcher(parseHardenRunner(text));
        // Also the very names of the list, with what stands for the asterisk.
        const listed = theirs.entries.map((entry): [string, number] => {
          const at = entry.lastIndexOf(":");
          return [entry.slice(0, at).replaceAll("*", "b").replace(/\.$/, ""), Number(entry.slice(at + 1))];
        });
        for (const [host, number] of [...questions, ...listed]) {
          if (number === 0 || host === "" || host.endsWith(".")) continue;
          const rule = ours.connection({ host, port: number, protocol: "tcp" });
          assert.equal(rule !== undefined, theirs.allows(host, number), `${JSON.stringify(text)}: ${host}:${number}`);
          assert.equal(ours.connection({ host, port: number, protocol: "udp" }), undefined);
        }
      }),
      { numRuns: 3000, seed: 4 },
    );
  });
});
