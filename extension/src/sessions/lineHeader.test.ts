import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import { readHeader } from "./lineHeader.ts";

const read = (line: string): ReturnType<typeof readHeader> => {
  // Between other bytes, so that reading beyond the line would be seen.
  const bytes = Buffer.from(`{"v":1}\n${line}\n{"v":1,"seq":77,"t":1,"type":"x"}`);
  return readHeader(bytes, 8, 8 + Buffer.byteLength(line));
};

describe("readHeader", () => {
  it("reads our own lines", () => {
    assert.deepEqual(read('{"v":1,"seq":12,"t":1790000000000000,"type":"file.read","file":{"path":"/é"}}'), {
      ok: true,
      seq: 12,
      t: 1_790_000_000_000_000,
      type: "file.read",
    });
  });

  it("reads lines of another field order", () => {
    assert.deepEqual(read('{"type":"seal2","t":5,"seq":3,"v":1}'), { ok: true, seq: 3, t: 5, type: "seal2" });
    assert.deepEqual(read('{ "v": 1, "seq": 3, "t": 5, "type": "x" }'), { ok: true, seq: 3, t: 5, type: "x" });
    assert.deepEqual(read('{"v":1,"seq":3,"t":5,"type":"a\\u0062"}'), { ok: true, seq: 3, t: 5, type: "ab" });
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /not JSON/],
    ["###", /not JSON/],
    ['{"a":1}', /Runglass run log/],
    ['{"v":2,"seq":1,"t":1,"type":"x"}', /update Runglass/],
    ['{"v":1,"seq":0,"t":1,"type":"x"}', /"seq"/],
    ['{"v":1,"seq":1,"t":1,"type":"x', /not JSON/],
    ['{"v":1,"seq":1,"t":1,"type":"x"', /not JSON/],
    ['{"v":1,"seq":99999999999999999,"t":1,"type":"x"}', /"seq"/],
    ['{"v":1,"seq":-1,"t":1,"type":"x"}', /"seq"/],
    ['{"v":1,"seq":1.5,"t":1,"type":"x"}', /"seq"/],
  ];
  for (const [line, reason] of refused) {
    it(`refuses ${line === "" ? "an empty line" : line}`, () => {
      const header = read(line);
      assert.ok(!header.ok);
      assert.match(header.reason, reason);
      assert.equal(header.newer, line.includes('"v":2'));
    });
  }

  it("agrees with the decoder on every line that the decoder takes", () => {
    const event = fc.record({
      seq: fc.integer({ min: 1, max: 2 ** 50 }),
      t: fc.nat(),
      type: fc.string({ unit: "grapheme" }),
    });
    fc.assert(
      fc.property(event, ({ seq, t, type }) => {
        const line = JSON.stringify({ v: 1, seq, t, type });
        const decoded = decodeLine(line);
        const header = read(line);
        assert.equal(header.ok, decoded.ok);
        if (header.ok && decoded.ok) {
          assert.equal(header.seq, decoded.event.seq);
          assert.equal(header.t, decoded.event.t);
          if (/^[\x20-\x7e]*$/.test(type)) assert.equal(header.type, decoded.event.type);
        }
      }),
    );
  });
});
