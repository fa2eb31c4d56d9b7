import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyIndex } from "./keyIndex.ts";
import { MAX_TEXT, StringTable } from "./stringTable.ts";

describe("StringTable", () => {
  it("gives equal texts equal numbers and back", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 40 })), (texts) => {
        const table = new StringTable();
        const ids = texts.map((text) => table.intern(text));
        texts.forEach((text, i) => {
          assert.equal(table.text(ids[i]!), text);
          assert.equal(table.find(text), ids[i]);
        });
        assert.equal(table.size, new Set([...texts, ""]).size);
      }),
    );
  });

  it("caps a long text and says by how much", () => {
    const table = new StringTable();
    const id = table.intern("x".repeat(MAX_TEXT + 5));
    assert.ok(table.text(id).endsWith("…(5 more characters)"));
    assert.equal(table.intern("x".repeat(MAX_TEXT + 5)), id);
    assert.equal(table.find("x".repeat(MAX_TEXT + 5)), id);
    assert.equal(table.find("never seen"), -1);
  });
});

describe("KeyIndex", () => {
  it("finds each row by its key, also after growing", () => {
    const rows = {
      tag: new Uint8Array(4096),
      owner: new Int32Array(4096),
      keyA: new Int32Array(4096),
      keyB: new Int32Array(4096),
    };
    let index = new KeyIndex(1024);
    for (let row = 1; row < 3000; row++) {
      if (row === 1000) index = index.grown(4096, rows);
      rows.tag[row] = row & 3;
      rows.owner[row] = row % 17;
      rows.keyA[row] = row % 91;
      rows.keyB[row] = row;
      index.add(rows, row);
    }
    for (let row = 1; row < 3000; row++) assert.equal(index.find(rows, row & 3, row % 17, row % 91, row), row);
    assert.equal(index.find(rows, 0, 0, 0, 9999), 0);
  });
});
