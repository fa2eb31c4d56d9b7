import assert from "node:assert/strict";
import fc from "fast-check";
import { KeyIndex } from "./keyIndex.ts";

const ROWS = 64;

describe("KeyIndex", () => {
  it("finds what is in it and nothing else, whatever was added and removed", () => {
    const row = fc.integer({ min: 1, max: ROWS - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(row, fc.boolean()), { maxLength: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (steps, keys) => {
          const columns = {
            tag: new Uint8Array(ROWS).fill(1),
            owner: new Int32Array(ROWS),
            // Many keys beside each other, so that rows push each other on.
            keyA: Int32Array.from({ length: ROWS }, (_, i) => i),
            keyB: Int32Array.from({ length: ROWS }, (_, i) => i % keys),
          };
          const index = new KeyIndex(ROWS / 2);
          const inside = new Set<number>();
          for (const [at, isAdded] of steps) {
            if (isAdded && !inside.has(at) && inside.size < ROWS / 2) {
              index.add(columns, at);
              inside.add(at);
            } else if (!isAdded) {
              index.remove(columns, at);
              inside.delete(at);
            }
          }
          for (let at = 1; at < ROWS; at++) {
            assert.equal(index.find(columns, 1, 0, at, at % keys), inside.has(at) ? at : 0);
          }
        },
      ),
    );
  });
});
