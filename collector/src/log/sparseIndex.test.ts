import assert from "node:assert/strict";
import fc from "fast-check";
import { SparseIndex } from "./sparseIndex.ts";

describe("SparseIndex", () => {
  it("finds the last kept position at or before any seq, however full it is", () => {
    const lines = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 300 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 2, max: 9 }), fc.integer({ min: 0, max: 310 }), (lengths, capacity, seq) => {
        const index = new SparseIndex(40, capacity);
        const offsets = [0];
        for (const [i, length] of lengths.entries()) {
          offsets.push(offsets[i]! + length);
          index.offer(i + 1, offsets[i + 1]!);
        }
        const found = index.floor(seq);
        assert.ok(found.seq <= seq && found.offset === offsets[found.seq]);
        assert.ok(index.size <= capacity);
      }),
    );
  });

  it("is near to any seq while it has room", () => {
    const index = new SparseIndex(100, 10_000);
    for (let seq = 1; seq <= 5_000; seq++) index.offer(seq, seq * 10);
    for (const seq of [1, 9, 10, 4_999]) assert.ok(seq - index.floor(seq).seq < 10);
  });
});
