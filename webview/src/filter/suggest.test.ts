import assert from "node:assert/strict";
import fc from "fast-check";
import { createSeen, noteSeen } from "../model/seenValues.ts";
import { parseQuery } from "./parser.ts";
import { suggest } from "./suggest.ts";

const seen = createSeen();
for (const host of ["api.github.com", "github.com", "github.com", "pypi.org"]) noteSeen(seen, "host", host);
noteSeen(seen, "comm", "my tool");

const labels = (text: string, caret = text.length): string[] =>
  suggest(text, caret, seen).items.map((item) => item.label);

describe("suggest", () => {
  it("completes keys", () => {
    assert.deepEqual(labels("ho"), ["host:"]);
    assert.deepEqual(labels("-co"), ["comm:", "container:"]);
    assert.deepEqual(labels("x "), labels(""));
  });

  it("completes values seen: those that begin so first, then the most frequent", () => {
    assert.deepEqual(labels("host:"), ["github.com", "api.github.com", "pypi.org"]);
    assert.deepEqual(labels("host:git"), ["github.com", "api.github.com"]);
    assert.deepEqual(labels("host:github.com,py"), ["pypi.org"]);
  });

  it("completes fixed words with what they mean", () => {
    const { items } = suggest("is:fa", 5, seen);
    assert.deepEqual(
      items.map((item) => [item.label, item.detail]),
      [["failed", "exit code, signal or error"]],
    );
  });

  it("quotes what needs it", () => assert.equal(suggest("comm:", 5, seen).items[0]?.insert, '"my tool"'));

  it("only offers what can be read, in a place that exists", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("h", "o", "s", "t", ":", " ", '"', ",", "-", "i") }),
        fc.nat(30),
        (text, at) => {
          const caret = Math.min(at, text.length);
          const { start, end, items } = suggest(text, caret, seen);
          assert.ok(start >= 0 && start <= end && end <= text.length);
          for (const item of items)
            assert.doesNotThrow(() => parseQuery(text.slice(0, start) + item.insert + text.slice(end)));
        },
      ),
    );
  });
});
