import assert from "node:assert/strict";
import fc from "fast-check";
import { DnsMessages } from "./dnsStreams.ts";

const framed = (message: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);

describe("DnsMessages", () => {
  it("cuts messages out of a stream wherever it is split, and cuts long ones", () => {
    const message = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 1_200, max: 5_000 }).map((length) => new Uint8Array(length).fill(length & 255)),
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 2_048 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), sizes, (sent, split) => {
        const stream = Buffer.concat(sent.map(framed));
        const reader = new DnsMessages();
        const found: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = at + (split[i % split.length] ?? 1);
          for (const one of reader.add(at, stream.subarray(at, end)) ?? []) found.push(Buffer.from(one));
          at = end;
        }
        assert.deepEqual(
          found,
          sent.map((one) => Buffer.from(one.subarray(0, 1_232))),
        );
      }),
    );
  });

  it("gives up when bytes are missing for good", () => {
    const reader = new DnsMessages();
    const results = Array.from({ length: 80 }, (_, i) => reader.add(10 + i * 2_048, Buffer.alloc(2_048)));
    assert.ok(results.includes(undefined));
  });
});
