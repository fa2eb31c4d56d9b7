import assert from "node:assert/strict";
import fc from "fast-check";
import { LineBytes } from "./lineBytes.ts";

describe("LineBytes", () => {
  it("gives the bytes of all texts since the last time, however many and long, and keeps none", () => {
    const text = fc.oneof(
      { weight: 5, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
      fc.constantFrom("é".repeat(200_000), "x".repeat(300_000), "𝄞".repeat(90_000), ""),
    );
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 8 }), { maxLength: 4 }), (batches) => {
        const lines = new LineBytes();
        for (const batch of batches) {
          for (const one of batch) lines.add(one);
          const wanted = Buffer.from(batch.join(""));
          assert.ok(Buffer.from(lines.bytes).equals(wanted));
          assert.ok(Buffer.from(lines.take()).equals(wanted));
          assert.equal(lines.bytes.length, 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});
