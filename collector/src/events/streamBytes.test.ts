import assert from "node:assert/strict";
import fc from "fast-check";
import { StreamBytes } from "./streamBytes.ts";

describe("StreamBytes", () => {
  it("gives all bytes once and in order, however they come", () => {
    const piece = fc.record({ from: fc.nat(60), length: fc.integer({ min: 1, max: 20 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const stream = Uint8Array.from({ length: 80 }, (_, i) => i);
        const known = new Set<number>();
        const reader = new StreamBytes();
        const out: number[] = [];
        for (const { from, length } of pieces) {
          const more = reader.add(from, stream.subarray(from, from + length));
          assert.ok(more !== undefined);
          out.push(...more);
          for (let i = from; i < from + length; i++) known.add(i);
          let reach = 0;
          while (known.has(reach)) reach++;
          assert.deepEqual(out, [...stream.subarray(0, reach)]);
        }
      }),
    );
  });

  it("holds only so much for bytes that do not come", () => {
    const many = new StreamBytes();
    assert.ok(Array.from({ length: 300 }, (_, i) => many.add(2 + i, Buffer.from([1]))).includes(undefined));
    const large = new StreamBytes();
    assert.ok(Array.from({ length: 100 }, (_, i) => large.add(1 + i * 2_048, Buffer.alloc(2_048))).includes(undefined));
  });
});
