import assert from "node:assert/strict";
import fc from "fast-check";
import { HpackEncoder, type WireField } from "../../test/frames/http2Wire.ts";
import { type Field, HpackDecoder } from "./hpack.ts";
import { STATIC_FIELDS } from "./hpackStatic.ts";
import { CODES } from "./huffman.ts";

/** Everything is wanted, but for what is said. */
class AllBut extends Set<string> {
  override has(name: string): boolean {
    return !super.has(name);
  }
}
const all = new AllBut();
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const shown = (fields: readonly Field[] | undefined): string[] | undefined =>
  fields?.map(({ name, value }) => `${name}: ${value}`);

const REQUESTS = [
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
  [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
];
const [FIRST_DATE, NEXT_DATE] = ["date: Mon, 21 Oct 2013 20:13:21 GMT", "date: Mon, 21 Oct 2013 20:13:22 GMT"];
const LOCATION = "location: https://www.example.com";
const COOKIE = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const RESPONSES = [
  [":status: 302", "cache-control: private", FIRST_DATE, LOCATION],
  [":status: 307", "cache-control: private", FIRST_DATE, LOCATION],
  [":status: 200", "cache-control: private", NEXT_DATE, LOCATION, "content-encoding: gzip", COOKIE],
];
/** A table of 256 octets, which the examples take from the settings. */
const SMALL = "3fe101";
/** RFC 7541 appendix C: blocks that follow each other, what they say, and what the table takes then. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [string, readonly string[], number])[]>> = {
  "C.2.1": [["400a637573746f6d2d6b65790d637573746f6d2d686561646572", ["custom-key: custom-header"], 55]],
  "C.2.2": [["040c2f73616d706c652f70617468", [":path: /sample/path"], 0]],
  "C.2.3": [["100870617373776f726406736563726574", ["password: secret"], 0]],
  "C.2.4": [["82", [":method: GET"], 0]],
  "C.3": [
    ["828684410f7777772e6578616d706c652e636f6d", REQUESTS[0]!, 57],
    ["828684be58086e6f2d6361636865", REQUESTS[1]!, 110],
    ["828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", REQUESTS[2]!, 164],
  ],
  "C.4": [
    ["828684418cf1e3c2e5f23a6ba0ab90f4ff", REQUESTS[0]!, 57],
    ["828684be5886a8eb10649cbf", REQUESTS[1]!, 110],
    ["828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", REQUESTS[2]!, 164],
  ],
  "C.5": [
    [
      `${SMALL}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54
       6e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
      RESPONSES[0]!,
      222,
    ],
    ["4803333037c1c0bf", RESPONSES[1]!, 222],
    [
      `88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a
       584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31`,
      RESPONSES[2]!,
      215,
    ],
  ],
  "C.6": [
    [
      `${SMALL}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff
       6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
      RESPONSES[0]!,
      222,
    ],
    ["4883640effc1c0bf", RESPONSES[1]!, 222],
    [
      `88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672
       c1ab270fb5291f9587316065c003ed4ee5b1063d5007`,
      RESPONSES[2]!,
      215,
    ],
  ],
};

describe("HpackDecoder", () => {
  for (const [name, blocks] of Object.entries(EXAMPLES))
    it(`reads the example ${name} of RFC 7541`, () => {
      const decoder = new HpackDecoder(all);
      for (const [block, fields, size] of blocks) {
        assert.deepEqual(shown(decoder.decode(hex(block))), fields);
        assert.equal(decoder.tableBytes, size);
      }
    });

  it("has a code that leaves nothing over", () => {
    assert.equal(STATIC_FIELDS.length, 61);
    const symbols = CODES.flatMap((codes) => codes.symbols);
    assert.deepEqual(
      symbols.toSorted((a, b) => a - b),
      Array.from({ length: 257 }, (_, i) => i),
    );
    assert.equal(
      CODES.reduce((sum, codes, length) => sum + codes.symbols.length / 2 ** length, 0),
      1,
    );
  });

  const octets = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 60,
  });
  const name = fc.oneof(
    fc.constantFrom(...STATIC_FIELDS.map(([text]) => text)),
    fc.constantFrom("x-a", "x-b", "x-c"),
    octets,
  );
  const field = fc.record({
    name,
    value: fc.oneof(octets, fc.constantFrom("/", "GET", "a", "b", "x".repeat(3000))),
    form: fc.constantFrom("added", "added", "plain", "never"),
    packed: fc.boolean(),
  }) as fc.Arbitrary<WireField>;
  const size = fc.option(fc.oneof(fc.constantFrom(0, 1, 31, 4096, 65_536), fc.nat(3000)), { nil: undefined, freq: 4 });
  const blocks = fc.array(fc.tuple(fc.array(field, { maxLength: 12 }), size), { maxLength: 12 });

  it("reads what any encoder may write, and of what is not wanted, nothing", () => {
    fc.assert(
      fc.property(blocks, fc.subarray(["x-a", ":path", "cookie", "host"]), (sent, unwanted) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder(new AllBut(unwanted));
        const whole = new HpackDecoder(all);
        for (const [fields, most] of sent) {
          const block = encoder.block(fields, most);
          const expected = fields.map((one) => `${one.name}: ${one.value}`);
          assert.deepEqual(shown(whole.decode(block)), expected);
          const wanted = fields.flatMap((one, i) => (unwanted.includes(one.name) ? [] : [expected[i]]));
          assert.deepEqual(shown(decoder.decode(block)), wanted);
          assert.equal(decoder.tableBytes, whole.tableBytes);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("refuses what breaks the rules", () => {
    for (const [why, block] of [
      ["index 0", "80"],
      ["an index beyond the table", "be"],
      ["a name beyond the table", "7f00 0161"],
      ["an integer without an end", "ff ffffffff ffffff7f"],
      ["an integer that is cut", "ff"],
      ["a string that is cut", "400a6375"],
      ["a literal without a value", "4001 61"],
      ["EOS in a string", "0085 ffffffffff 00"],
      ["padding of a whole octet", "0082 1fff 00"],
      ["padding that is not ones", "0081 18 00"],
      ["a new size in the middle", "82 20"],
      ["a table of more than 64 KB", "3fe2ff03"],
    ] as const)
      assert.equal(new HpackDecoder(all).decode(hex(block)), undefined, why);
  });

  it("takes whatever bytes, and keeps no more than it may", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (noise) => {
        const decoder = new HpackDecoder(all);
        for (const block of noise) {
          const fields = decoder.decode(block);
          assert.ok(fields === undefined || fields.length <= block.length);
          assert.ok(decoder.tableBytes >= 0 && decoder.tableBytes <= 65_536);
        }
      }),
      { numRuns: 500 },
    );
    const decoder = new HpackDecoder(all);
    const encoder = new HpackEncoder();
    for (let i = 0; i < 40; i++) {
      const fields = Array.from({ length: 50 }, (_, j) => ({ name: `x-${i}-${j}`, value: "v".repeat(100) }));
      assert.equal(decoder.decode(encoder.block(fields, i === 0 ? 65_536 : undefined))?.length, 50);
      assert.ok(decoder.tableBytes <= 65_536);
    }
  });
});
