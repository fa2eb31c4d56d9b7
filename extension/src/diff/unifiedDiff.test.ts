import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePatch, type DiffLine } from "./unifiedDiff.ts";

const marks = { added: "+", removed: "-", context: " " } as const;

describe("parsePatch", () => {
  it("numbers lines of both sides", () => {
    const [hunk] = parsePatch("@@ -3,2 +3,3 @@ def f():\n a\n-b\n+c\n+d\n\\ No newline at end of file");
    assert.deepEqual(
      hunk?.lines.map(({ kind, oldLine, newLine, text }) => [kind, oldLine, newLine, text]),
      [
        ["context", 3, 3, "a"],
        ["removed", 4, 4, "b"],
        ["added", 5, 4, "c"],
        ["added", 5, 5, "d"],
      ],
    );
  });

  it("takes a header without counts, and several hunks", () => {
    const hunks = parsePatch("@@ -1 +1 @@\n-a\n+b\n@@ -10,0 +11 @@\n+c");
    assert.deepEqual(
      hunks.map(({ oldStart, newStart, lines }) => [oldStart, newStart, lines.length]),
      [
        [1, 1, 2],
        [10, 11, 1],
      ],
    );
  });

  it("does not take a line that looks like a header for one", () => {
    const [hunk, ...others] = parsePatch("@@ -1 +1,2 @@\n a\n+@@ -9 +9 @@");
    assert.equal(others.length, 0);
    assert.equal(hunk?.lines[1]?.text, "@@ -9 +9 @@");
  });

  it("reads an empty line whose mark was cut off", () => {
    assert.deepEqual(
      parsePatch("@@ -1,3 +1,3 @@\n a\n\n b")[0]?.lines.map(({ newLine, text }) => [newLine, text]),
      [
        [1, "a"],
        [2, ""],
        [3, "b"],
      ],
    );
  });

  it("gives back what was written", () => {
    const text = fc.string().map((value) => value.replaceAll("\n", " "));
    const kind = fc.constantFrom("added" as const, "removed" as const, "context" as const);
    const hunk = fc.record({
      start: fc.integer({ min: 1, max: 1_000_000 }),
      lines: fc.array(fc.record({ kind, text }), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(hunk), (written) => {
        const patch = written
          .flatMap(({ start, lines }) => [
            `@@ -${start},1 +${start},1 @@`,
            ...lines.map((line) => `${marks[line.kind]}${line.text}`),
          ])
          .join("\n");
        const read = parsePatch(patch);
        assert.deepEqual(
          read.map(({ lines }) => lines.map((line: DiffLine) => ({ kind: line.kind, text: line.text }))),
          written.map(({ lines }) => lines.map((line) => ({ kind: line.kind, text: line.text }))),
        );
        for (const { newStart, lines } of read) {
          const shown = lines.filter((line) => line.kind !== "removed").map(({ newLine }) => newLine);
          assert.deepEqual(
            shown,
            shown.map((_, i) => newStart + i),
          );
        }
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string(), (text) => parsePatch(text).length >= 0));
  });
});
