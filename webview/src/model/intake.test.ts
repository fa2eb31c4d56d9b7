import assert from "node:assert/strict";
import fc from "fast-check";
import { Intake } from "./intake.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("Intake", () => {
  it("hands on every line once and in order, in slices of any length, and tells when a chunk is done", () => {
    const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", " "));
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { minLength: 1, maxLength: 60 }), { maxLength: 8 }),
        fc.nat(100),
        (chunks, ticks) => {
          const lines: string[] = [];
          const done: number[] = [];
          let now = 0;
          const intake = new Intake(
            (text) => lines.push(text),
            (chunk) => done.push(chunk),
            () => (now += 1),
          );
          chunks.forEach((chunk, i) => intake.push(encode(chunk.map((text) => `${text}\n`).join("")), i));
          let rounds = 0;
          while (intake.work(now + (ticks % 3)) && rounds < 10_000) rounds += 1;
          assert.deepEqual(lines, chunks.flat());
          assert.deepEqual(
            done,
            chunks.map((_, i) => i),
          );
          assert.ok(intake.idle);
        },
      ),
    );
  });

  it("reads a chunk that is decoded in many pieces, each of whole lines", () => {
    const [lines, done]: [string[], number[]] = [[], []];
    const intake = new Intake(
      (text) => lines.push(text),
      (chunk) => done.push(chunk),
      () => 0,
    );
    const sent = Array.from({ length: 40_000 }, (_, i) => `ü ${i} ${"x".repeat(i % 90)}`);
    intake.push(encode(sent.map((line) => `${line}\n`).join("")), 1);
    intake.push(encode(`${"y".repeat(900_000)}\nz`), 2);
    while (intake.work(1));
    assert.deepEqual(lines, [...sent, "y".repeat(900_000), "z"]);
    assert.deepEqual(done, [1, 2]);
    assert.ok(intake.idle);
  });

  it("stops at its deadline", () => {
    let now = 0;
    let lines = 0;
    const intake = new Intake(
      () => void (lines += 1),
      () => undefined,
      () => (now += 1),
    );
    intake.push(encode("x\n".repeat(10_000)), 1);
    assert.equal(intake.work(0), true);
    assert.ok(lines <= 32, `${lines} lines in a slice without time`);
  });

  it("says that a chunk is done with its last line, also where its time ends there", () => {
    const done: number[] = [];
    const intake = new Intake(
      () => undefined,
      (chunk) => done.push(chunk),
      () => 0,
    );
    intake.push(encode("x\n".repeat(32)), 1);
    assert.equal(intake.work(0), false);
    assert.deepEqual(done, [1]);
  });

  it("takes a last line without a line end, an empty chunk, and bytes that are no UTF-8", () => {
    const lines: string[] = [];
    const done: number[] = [];
    const intake = new Intake(
      (text) => lines.push(text),
      (chunk) => done.push(chunk),
      () => 0,
    );
    intake.push(encode("a\nb"), 1);
    intake.push(new ArrayBuffer(0), 2);
    intake.push(new Uint8Array([0xff, 0x41, 10]), 3);
    intake.work(1);
    assert.deepEqual(lines, ["a", "b", "\ufffdA"]);
    assert.deepEqual(done, [1, 2, 3]);
  });

  it("still answers for chunks that it forgets", () => {
    const done: number[] = [];
    const intake = new Intake(
      () => undefined,
      (chunk) => done.push(chunk),
      () => 0,
    );
    intake.push(encode("a\n"), 4);
    intake.push(encode("b\n"), 5);
    intake.clear();
    assert.deepEqual(done, [4, 5]);
    assert.ok(intake.idle);
  });
});
