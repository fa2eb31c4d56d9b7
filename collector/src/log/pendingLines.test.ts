import assert from "node:assert/strict";
import fc from "fast-check";
import { PendingLines } from "./pendingLines.ts";

describe("PendingLines", () => {
  it("gives back all text in order with its counts, whatever is taken out in between", () => {
    const step = fc.oneof(
      fc.record({ text: fc.string({ unit: "binary", maxLength: 60 }) }),
      fc.record({ text: fc.constantFrom("é".repeat(100_000), "x".repeat(300_000), "𝄞".repeat(70_000)) }),
      fc.constant("shift" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const pending = new PendingLines();
        const got: Buffer[] = [];
        let wanted = "";
        let lines = 0;
        const shift = (): boolean => {
          const batch = pending.shift();
          if (batch === undefined) return false;
          got.push(Buffer.from(batch.bytes));
          lines += batch.lines;
          pending.recycle(batch);
          return true;
        };
        let pushed = 0;
        for (const s of steps) {
          if (s === "shift") shift();
          else {
            pending.push(s.text, 1);
            pushed += 1;
            wanted += s.text;
          }
        }
        assert.equal(lines + pending.lines, pushed);
        while (shift());
        assert.equal(pending.bytes, 0);
        assert.equal(lines, pushed);
        assert.deepEqual(Buffer.concat(got), Buffer.from(wanted));
      }),
      { numRuns: 60 },
    );
  });
});
