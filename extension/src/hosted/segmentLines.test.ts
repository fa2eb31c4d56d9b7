import assert from "node:assert/strict";
import fc from "fast-check";
import { testEvent } from "../stream/testCollector.ts";
import { linesBehind } from "./segmentLines.ts";

const text = (...seqs: readonly number[]): Buffer => Buffer.from(seqs.map((seq) => `${testEvent(seq)}\n`).join(""));
const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("linesBehind", () => {
  it("gives the lines that are not here yet", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat(30), fc.nat(40), (first, more, behind) => {
        const last = first + more;
        const after = Math.max(0, first - 5 + behind);
        const lines = linesBehind(text(...range(first, last)), { first, last }, after);
        assert.ok(lines.ok);
        assert.equal(lines.bytes.toString(), text(...range(Math.max(first, after + 1), last)).toString());
      }),
    );
  });

  const wrong: readonly (readonly [string, Buffer, number, RegExp])[] = [
    ["it ends early", text(5, 6), 2, /should go on to event 7/],
    ["it is empty", Buffer.alloc(0), 0, /should go on to event 7/],
    ["it goes on", text(5, 6, 7, 8), 4, /should end with event 7/],
    ["it begins elsewhere", text(6, 7), 1, /is event 6 and should be event 5/],
    ["one is missing", text(5, 7), 2, /is event 7 and should be event 6/],
    ["one is there twice", text(5, 5, 6, 7), 2, /is event 5 and should be event 6/],
    ["a line is cut", text(5, 6, 7).subarray(0, -9), 3, /cut off/],
    ["a line is no event", Buffer.concat([text(5), Buffer.from("<b>\n"), text(6, 7)]), 2, /not JSON/],
    ["a line is empty", Buffer.concat([text(5), Buffer.from("\n"), text(6, 7)]), 2, /not JSON/],
  ];
  for (const [name, bytes, line, reason] of wrong) {
    it(`says where it does not hold what its name says: ${name}`, () => {
      const lines = linesBehind(bytes, { first: 5, last: 7 }, 0);
      assert.ok(!lines.ok);
      assert.equal(lines.line, line);
      assert.match(lines.reason, reason);
    });
  }
});
