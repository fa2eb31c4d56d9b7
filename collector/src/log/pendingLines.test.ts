import assert from "node:assert/strict";
import fc from "fast-check";
import { PendingLines } from "./pendingLines.ts";

describe("PendingLines", () => {
  it("gives back all text in order, and lets any part of what it holds be read, whatever is taken out in between", () => {
    const step = fc.oneof(
      fc.record({ text: fc.string({ unit: "binary", maxLength: 60 }) }),
      fc.record({ text: fc.constantFrom("é".repeat(100_000), "x".repeat(300_000), "𝄞".repeat(70_000)) }),
      fc.constantFrom("first" as const, "drop" as const),
      fc.record({ at: fc.nat(), length: fc.nat({ max: 200_000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const pending = new PendingLines();
        const got: Buffer[] = [];
        let wanted = Buffer.alloc(0);
        let lines = 0;
        let held: Buffer | undefined;
        const first = (): boolean => {
          const batch = pending.first();
          if (batch === undefined) return false;
          assert.equal(batch.offset, pending.start);
          held = Buffer.from(batch.bytes);
          return true;
        };
        const drop = (): boolean => {
          const batch = pending.first();
          if (batch === undefined) return false;
          if (held !== undefined) assert.deepEqual(batch.bytes, held, "a batch that was looked at does not change");
          held = undefined;
          got.push(Buffer.from(batch.bytes));
          lines += batch.lines;
          pending.drop();
          return true;
        };
        let pushed = 0;
        for (const s of steps) {
          if (s === "first") first();
          else if (s === "drop") drop();
          else if ("text" in s) {
            pending.push(Buffer.from(s.text), 1);
            pushed += 1;
            wanted = Buffer.concat([wanted, Buffer.from(s.text)]);
            assert.equal(pending.end, wanted.length);
          } else {
            const offset = s.at % (wanted.length + 1);
            const target = Buffer.alloc(s.length);
            const copied = pending.copy(target, offset);
            const expected = offset < pending.start ? 0 : Math.min(s.length, wanted.length - offset);
            assert.equal(copied, expected);
            assert.deepEqual(target.subarray(0, copied), wanted.subarray(offset, offset + copied));
          }
        }
        while (drop());
        assert.equal(lines, pushed);
        assert.deepEqual(Buffer.concat(got), wanted);
        assert.equal(pending.start, pending.end);
      }),
      { numRuns: 60 },
    );
  });
});
