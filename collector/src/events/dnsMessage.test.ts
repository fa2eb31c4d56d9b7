import assert from "node:assert/strict";
import fc from "fast-check";
import { answerTo, query } from "../../test/frames/dnsWire.ts";
import { parseDnsMessage } from "./dnsMessage.ts";

describe("parseDnsMessage", () => {
  it("reads a question", () => {
    const message = parseDnsMessage(query(7, "Example.COM", "A"));
    assert.deepEqual(message, {
      id: 7,
      response: false,
      truncated: false,
      rcode: "NOERROR",
      question: { name: "example.com", qtype: "A" },
      answers: [],
      addresses: [],
    });
  });

  it("has names in small letters, from the first to the last", () => {
    assert.equal(parseDnsMessage(query(7, "AZ-az09.Example", "A"))?.question.name, "az-az09.example");
  });

  it("takes names as long as they may be, and none longer", () => {
    const named = (...lengths: readonly number[]): string => lengths.map((length) => "x".repeat(length)).join(".");
    const longest = named(63, 63, 63, 61);
    assert.equal(parseDnsMessage(query(7, longest, "A"))?.question.name, longest);
    assert.equal(parseDnsMessage(query(7, named(63, 63, 63, 62), "A")), undefined);
  });

  it("takes no question that is cut off", () => {
    const wire = query(7, "a.example", "A");
    assert.notEqual(parseDnsMessage(wire), undefined);
    for (let length = 0; length < wire.length; length++) {
      assert.equal(parseDnsMessage(wire.subarray(0, length)), undefined, `${length} bytes`);
    }
  });

  it("reads answers: addresses, names through compression pointers, and the type alone of others", () => {
    const wire = answerTo(query(7, "www.example.com", "AAAA"), [
      { type: 5, data: Buffer.from([3, 0x63, 0x64, 0x6e, 0xc0, 16]) }, // cdn + pointer to example.com
      { type: 1, data: Buffer.from([198, 51, 100, 7]) },
      { type: 28, data: Buffer.from([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) },
      { type: 16, data: Buffer.from("\x04text") },
      { type: 2, data: Buffer.alloc(0) },
    ]);
    const message = parseDnsMessage(wire);
    assert.deepEqual(message?.answers, ["cdn.example.com", "198.51.100.7", "2001:db8::1", "TXT", "NS"]);
    assert.deepEqual(message?.addresses, ["198.51.100.7", "2001:db8::1"]);
  });

  it("names the rcode and keeps unknown types by number", () => {
    const message = parseDnsMessage(answerTo(query(1, "no.such.name", 65280), [], 3));
    assert.equal(message?.rcode, "NXDOMAIN");
    assert.equal(message?.question.qtype, "TYPE65280");
  });

  it("escapes what could forge another name", () => {
    const wire = query(1, "a", "A");
    const forged = Buffer.concat([wire.subarray(0, 12), Buffer.from([4, 0x61, 0x2e, 0x0a, 0x62]), wire.subarray(14)]);
    assert.equal(parseDnsMessage(forged)?.question.name, "a\\046\\010b");
    assert.equal(parseDnsMessage(query(1, "a\\]b", "A"))?.question.name, "a\\092]b");
  });

  it("refuses pointers that do not point back, and lengths that point out", () => {
    const header = query(1, "x", "A").subarray(0, 12);
    const tails: readonly number[][] = [
      [0xc0, 12, 0, 1, 0, 1], // to itself
      [0xc0, 14, 0xc0, 12, 0, 1, 0, 1], // forwards, and back again
      [0x40, ...Array.from({ length: 64 }, () => 0x61), 0, 0, 1, 0, 1], // a label type that is none
      [63, 1, 2],
      [0xc0],
      [],
    ];
    for (const tail of tails) assert.equal(parseDnsMessage(Buffer.concat([header, Buffer.from(tail)])), undefined);
    assert.equal(parseDnsMessage(Buffer.alloc(11)), undefined);
  });

  it("keeps the answers before one that is cut off", () => {
    const wire = answerTo(query(7, "a.example", "A"), [
      { type: 1, data: Buffer.from([192, 0, 2, 1]) },
      { type: 1, data: Buffer.from([192, 0, 2, 2]) },
    ]);
    assert.deepEqual(parseDnsMessage(wire.subarray(0, -1))?.addresses, ["192.0.2.1"]);
  });

  it("never throws and never hangs, whatever comes", () => {
    const valid = answerTo(query(7, "www.example.com", "A"), [{ type: 5, data: Buffer.from([0xc0, 12]) }]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => {
        const message = parseDnsMessage(bytes);
        assert.ok(message === undefined || message.question.name.length <= 4 * 255);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }), (flips) => {
        const bytes = Buffer.from(valid);
        for (const [at, value] of flips) bytes[at] = value;
        parseDnsMessage(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
