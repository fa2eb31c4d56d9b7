import assert from "node:assert/strict";
import fc from "fast-check";
import { Composer, isMap, isPair, isScalar, isSeq, Parser, type Document } from "yaml";
import { RIGHT, WRONG } from "../../test/corpus.ts";
import { readBlocks } from "./blockReader.ts";

/** All that anybody asks of nodes. */
const shown = (node: unknown): unknown => {
  if (isPair(node)) return [shown(node.key), shown(node.value)];
  if (isScalar(node)) return { value: node.value, source: node.source, type: node.type, range: node.range };
  if (isMap(node) || isSeq(node))
    return {
      kind: isMap(node) ? "map" : "list",
      items: node.items.map((item) => shown(item)),
      flow: node.flow === true,
      range: node.range,
    };
  return node ?? null;
};

const documentsOf = (text: string): readonly Document[] => [
  ...new Composer({ merge: false, uniqueKeys: false, logLevel: "silent" }).compose(new Parser().parse(text)),
];

/** Read as the package reads it, or not at all; tells which. */
const check = (text: string): boolean => {
  const root = readBlocks(text);
  if (root === undefined) return false;
  const [document, ...more] = documentsOf(text);
  assert.deepEqual(document?.errors, [], JSON.stringify(text));
  assert.equal(more.length, 0, JSON.stringify(text));
  assert.deepEqual(shown(root), shown(document.contents), JSON.stringify(text));
  return true;
};

const READ: Readonly<Record<string, string>> = {
  "maps in maps": "a:\n  b:\n    c: d\n  e: f\ng: h",
  "lists, also as deep as their key": "a:\n  - b\n  - c: d\n    e: f\ng:\n- h\n- i\nj: k\n",
  "blank lines and comments": "# a\n\nb: # c\n\n  # d\n  e: f # g\n    # h\n\n  # i\nj: k\n# l\n",
  "comments that close what they stand in": "a:\n  - b: c\n    # d\n  # e\n\n  - f: g\n  # h\ni: j\n",
  "a first line of dashes": "# a\n---\n# b\nc: d\n",
  "keys without values": "a:\n  b:\n  c: \n\nd:\n",
  "quoted keys and values": `"a": 'b ''c'' "d"'\n'e': "f 'g'" # h\n`,
  "values that are no strings": "a: [1, -2.5, 0x1f, 0o17, 1e3, .inf, true, False, NULL, ~]\n1: null\nb: +1\nc: .5\n",
  "blocks of lines": "a: |\n  b\n\n   c # d\ne: >-\n  f\n  g\n\n\n  h\n\n# i\nj:\n  - | # k\n    l",
  "collections in brackets": "a: [b, 'c d', {e: f g, h: [i]}, [], {}] # j\nk: { l: m , n: o }\n",
  "text with marks in it": "a: b:c d#e -f ?g *.h &i ${{ j }} [k]\n",
};

const LEFT: Readonly<Record<string, string>> = {
  anchors: "a: &b c\nd: *b\n",
  tags: "a: !b c\n",
  tabs: "a:\tb\n",
  "line ends of other systems": "a: b\r\n",
  "a mark at the start": "\ufeffa: b\n",
  "several documents": "a: b\n---\nc: d\n",
  "an end of the document": "a: b\n...\n",
  "text over several lines": "a: b\n  c\n",
  "quoted text over several lines": 'a: "b\n  c"\n',
  escapes: 'a: "\\n"\n',
  "a block with its depth": "a: |2\n    b\n",
  "a block with all its line ends": "a: |+\n  b\n\n",
  "a deeper line in a folded block": "a: >\n  b\n   c\n",
  "a block below a thousand empty lines": `a: |\n${"\n".repeat(996)}      b\n      c\n`,
  "keys to be merged": "a:\n  <<: {b: c}\n",
  "two values in a line": "a: b: c\n",
  "no value": "a\n",
  "a list inside of nothing": "- a\n",
  "a key that is less deep than it should be": "a:\n    b: c\n  d: e\n",
  "brackets that do not close": "a: [b\n",
  "a first line of dashes that is no such": "# a\n ---\nb: c\n",
  "a dash at the end": "a:\n  - b: -",
  nothing: "",
  "only comments": "# a\n",
};

describe("files read by their indentation", () => {
  for (const [what, text] of Object.entries(READ)) {
    it(`are what the yaml package makes of them: ${what}`, () => assert.ok(check(text)));
  }

  for (const [what, text] of Object.entries(LEFT)) {
    it(`are left to the yaml package: ${what}`, () => assert.equal(readBlocks(text), undefined));
  }

  it("are most of those in the corpus", () => {
    const files = [...RIGHT, ...WRONG];
    assert.ok(files.filter(({ text }) => check(text)).length > files.length * 0.7);
  });

  it("are read the same after any edits, or not at all", () => {
    const files = [...RIGHT, ...WRONG].map(({ text }) => text).filter((text) => !/[\t\r]/.test(text));
    const piece = fc.constantFrom(
      ..."# c|  # c|    # c|      # c|: |:|- |-| |  |[a, b]|{a: b}|{|}|[|]|,|'|\"|''|&a |*a|!t |? |~|null|...|---|a: |a:b".split(
        "|",
      ),
      "\n",
      "\n\n",
      ": |\n",
      ": >-\n",
      "\t",
    );
    const edit = fc.record({
      at: fc.nat(),
      removed: fc.constantFrom(0, 0, 1, 2, 5),
      line: fc.constantFrom("", "\n"),
      piece,
    });
    let read = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...files, ...Object.values(READ)),
        fc.nat(),
        fc.array(edit, { maxLength: 3 }),
        (text, from, edits) => {
          const lines = text.split("\n");
          const start = from % lines.length;
          const part = text.length < 400 ? lines : [...lines.slice(0, 2), ...lines.slice(start, start + 20)];
          let edited = part.join("\n");
          for (const { at, removed, line, piece: inserted } of edits) {
            const place = at % (edited.length + 1);
            edited = edited.slice(0, place) + line + inserted + line + edited.slice(place + removed);
          }
          if (check(edited)) read++;
        },
      ),
      { numRuns: 2_000, seed: 7 },
    );
    assert.ok(read > 200, `only ${read} were read`);
  });
});
