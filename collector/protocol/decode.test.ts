import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEvent, decodeLine, isKnownEvent } from "./decode.ts";

const exec = {
  v: 1,
  seq: 2,
  t: 1_790_000_000_000_000,
  type: "process.exec",
  process: "12-a",
  exec: { id: "12-a", pid: 12, ppid: 1, exe: "/bin/true", argv: ["true"], cwd: "/", uid: 0 },
};

describe("decodeEvent", () => {
  it("takes an event and keeps its unknown fields", () => {
    const decoded = decodeEvent({ ...exec, later: 1 });
    assert.ok(decoded.ok);
    assert.equal((decoded.event as unknown as { later: number }).later, 1);
  });

  it("keeps an event of an unknown type as one", () => {
    const decoded = decodeEvent({ v: 1, seq: 1, t: 0, type: "gpu.load" });
    assert.ok(decoded.ok && !isKnownEvent(decoded.event));
  });

  it("says what to do about a newer version", () => {
    const decoded = decodeEvent({ ...exec, v: 2 });
    assert.ok(!decoded.ok);
    assert.match(decoded.reason, /version 2.*update Runglass/);
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ["an array", [], /object/],
    ["no version", { ...exec, v: undefined }, /run log/],
    ["seq 0", { ...exec, seq: 0 }, /"seq"/],
    ["a fractional time", { ...exec, t: 1.5 }, /"t"/],
    ["argv with a number", { ...exec, exec: { ...exec.exec, argv: [1] } }, /"exec" of "process.exec"/],
    ["a type named like an Object method", { ...exec, type: "toString", exec: 1 }, /./],
    [
      "a port out of range",
      {
        v: 1,
        seq: 1,
        t: 1,
        type: "dns.query",
        dns: { name: "a", qtype: "A", transport: "udp", server: { ip: "::1", port: 65536 }, answers: [] },
      },
      /"dns"/,
    ],
  ];
  for (const [name, value, reason] of refused) {
    it(`handles ${name}`, () => {
      const decoded = decodeEvent(value);
      if (name.startsWith("a type named")) assert.ok(decoded.ok && !isKnownEvent(decoded.event));
      else {
        assert.ok(!decoded.ok);
        assert.match(decoded.reason, reason);
      }
    });
  }

  it("never throws, whatever JSON holds", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void decodeEvent(value)));
    fc.assert(fc.property(fc.string(), (line) => void decodeLine(line)));
    const near = fc.record({
      v: fc.constant(1),
      seq: fc.integer(),
      t: fc.integer(),
      type: fc.constantFrom("process.exec", "net.connect", "loss"),
      exec: fc.jsonValue(),
      flow: fc.jsonValue(),
    });
    fc.assert(fc.property(near, (value) => void decodeEvent(value)));
  });
});
