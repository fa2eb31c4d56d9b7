import assert from "node:assert/strict";
import { RawLines } from "./rawLines.ts";

const chunk = (from: number, to: number): Uint8Array =>
  new TextEncoder().encode(
    Array.from(
      { length: to - from + 1 },
      (_, i) => `${JSON.stringify({ v: 1, seq: from + i, note: '"seq":2' })}\n`,
    ).join(""),
  );

describe("RawLines", () => {
  it("finds the line of an event, not one that only names its number", () => {
    const raw = new RawLines();
    raw.add(chunk(1, 20), 1);
    raw.add(chunk(21, 40), 21);
    assert.equal(raw.find(2), '{"v":1,"seq":2,"note":"\\"seq\\":2"}');
    assert.match(raw.find(40) ?? "", /"seq":40,/);
    assert.equal(raw.find(41), undefined);
  });

  it("keeps the newest bytes only", () => {
    const raw = new RawLines(2000);
    for (let i = 0; i < 50; i++) raw.add(chunk(i * 10 + 1, i * 10 + 10), i * 10 + 1);
    assert.ok(raw.bytes <= 2000);
    assert.equal(raw.find(1), undefined);
    assert.match(raw.find(500) ?? "", /"seq":500,/);
  });
});
