import assert from "node:assert/strict";
import fc from "fast-check";
import { placeLines, type Lines, type WantedLine } from "./placeLines.ts";

const linesOf = (...texts: readonly string[]): Lines => ({ count: texts.length, at: (line) => texts[line] ?? "" });
const place = (wanted: readonly WantedLine[], ...texts: readonly string[]): readonly (readonly [number, number])[] => [
  ...placeLines(wanted, linesOf(...texts)),
];

describe("placeLines", () => {
  it("finds lines at their number", () => {
    assert.deepEqual(place([{ line: 2, text: "bb" }], "aa", "bb", "bb"), [[2, 1]]);
  });

  it("finds what has moved, by what stands above it, and near to where it was", () => {
    const wanted = [
      { line: 2, text: "bb" },
      { line: 4, text: "same" },
    ];
    // "same" stands at its old number, too, and has moved with what is above.
    assert.deepEqual(place(wanted, "new", "new", "aa", "same", "cc", "same", "bb", "xx", "same"), [
      [2, 6],
      [4, 8],
    ]);
  });

  it("has no place for what is gone, or says nothing", () => {
    assert.deepEqual(place([{ line: 1, text: "gone" }], "aa"), []);
    assert.deepEqual(place([{ line: 1, text: "}" }], "aa", "}"), []);
    assert.deepEqual(place([{ line: 1, text: "}" }], "}", "aa"), [[1, 0]]);
    assert.deepEqual(place([{ line: 9, text: "aa" }]), []);
  });

  it("reads lines of DOS, which a document has without their ends", () => {
    assert.deepEqual(place([{ line: 1, text: "curl x\r" }], "curl x"), [[1, 0]]);
  });

  it("gives each line of a document once", () => {
    const wanted = [
      { line: 1, text: "same" },
      { line: 2, text: "same" },
    ];
    assert.deepEqual(place(wanted, "same", "other"), [[1, 0]]);
  });

  it("looks at no more than it is worth", () => {
    let looked = 0;
    const lines: Lines = { count: 1_000_000, at: () => ((looked += 1), "other") };
    const wanted = Array.from({ length: 2000 }, (_, i) => ({ line: i * 400 + 1, text: `wanted ${i}` }));
    assert.equal(placeLines(wanted, lines).size, 0);
    assert.ok(looked < 250_000, String(looked));
  });

  it("places every line that is there, and only where it stands", () => {
    const text = fc.constantFrom("aa", "bb", "cc", "", "}");
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (before, document) => {
        const wanted = before.map((one, i) => ({ line: i + 1, text: one }));
        for (const [line, at] of placeLines(wanted, linesOf(...document))) {
          assert.equal(document[at], before[line - 1]);
        }
        assert.equal(placeLines(wanted, linesOf(...before)).size, before.length);
      }),
    );
  });
});
