import assert from "node:assert/strict";
import fc from "fast-check";
import { startLine, testEvent } from "../stream/testCollector.ts";
import { describeDamage, LogScanner } from "./logScanner.ts";
import { connectionCount, fileChangeCount, processCount } from "./runSummary.ts";

const scan = (...lines: readonly string[]): LogScanner => {
  const scanner = new LogScanner();
  scanner.feed(Buffer.from(lines.map((line) => `${line}\n`).join("")), 0);
  return scanner;
};

const connect =
  '"flow":{"id":"f","protocol":"tcp","local":{"ip":"::1","port":1},"remote":{"ip":"::1","port":2}},"result":"ok"';

describe("LogScanner", () => {
  it("summarises a whole run", () => {
    const { summary, extents, damage } = scan(
      startLine("make test"),
      testEvent(2, "net.connect", connect),
      testEvent(3, "loss", '"source":"file","lost":7'),
      testEvent(4, "loss", '"source":"disk","lost":5'),
      testEvent(5, "file.write", '"file":{"op":"create","path":"/a"}'),
      testEvent(6, "file.write", '"file":{"op":"create","path":"/b","files":{"":["c","d"]}},"count":2'),
      testEvent(7, "run.end", '"counts":{},"lost":12'),
    );
    assert.equal(damage, undefined);
    assert.equal(extents.length, 1);
    assert.deepEqual([summary.title, summary.host, summary.events, summary.lost], ["make test", "runner-1", 7, 12]);
    assert.deepEqual([processCount(summary), connectionCount(summary), fileChangeCount(summary)], [0, 1, 3]);
    assert.equal(summary.complete, true);
    assert.equal(summary.lastT - summary.firstT, 6);
  });

  it("says what is missing, and goes on behind it", () => {
    const scanner = scan(testEvent(1), testEvent(2), testEvent(6), testEvent(7), testEvent(9));
    assert.equal(scanner.extents.length, 3);
    assert.deepEqual(
      scanner.extents.map(({ firstSeq }) => firstSeq),
      [1, 6, 9],
    );
    assert.ok(scanner.damage);
    assert.equal(describeDamage(scanner.damage), "4 events missing (first: line 3, events 3 to 5 are missing)");
  });

  it("leaves unreadable lines out of what is read", () => {
    const scanner = scan(testEvent(1), "###", testEvent(3));
    assert.ok(scanner.damage);
    assert.match(describeDamage(scanner.damage), /1 event missing, 1 line unreadable \(first: line 2, the line is not/);
    assert.equal(scanner.summary.events, 2);
  });

  it("takes no event twice or backwards", () => {
    const scanner = scan(testEvent(1), testEvent(2), testEvent(2), testEvent(1), testEvent(3));
    assert.equal(scanner.summary.events, 3);
    assert.equal(scanner.damage?.unreadable, 2);
  });

  it("knows a log of a newer version", () => {
    assert.equal(scan('{"v":2,"seq":1,"t":1,"type":"x"}').damage?.newer, true);
  });

  it("gives up on a log that is mostly broken, with bounded memory", () => {
    const lines: string[] = [];
    for (let seq = 1; seq <= 5000; seq += 1) lines.push(testEvent(seq * 2));
    const scanner = scan(...lines);
    assert.equal(scanner.hopeless, true);
    assert.ok(scanner.extents.length <= 1000);
    assert.equal(scan(...Array.from({ length: 3000 }, () => "x")).hopeless, true);
  });

  it("counts types without a bound on their number together", () => {
    const scanner = scan(...Array.from({ length: 1000 }, (_, i) => testEvent(i + 1, `t${i}`, '"x":1')));
    assert.ok(scanner.summary.counts.size <= 201);
    assert.equal(
      [...scanner.summary.counts.values()].reduce((a, b) => a + b),
      1000,
    );
  });

  it("does not care how the lines come in pieces", () => {
    const lines = Array.from({ length: 50 }, (_, i) => `${testEvent(i + 1)}\n`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const scanner = new LogScanner();
        let position = 0;
        for (let at = 0, i = 0; at < lines.length; i += 1) {
          const size = sizes[i % sizes.length]!;
          const bytes = Buffer.from(lines.slice(at, at + size).join(""));
          scanner.feed(bytes, position);
          position += bytes.length;
          at += size;
        }
        assert.deepEqual(scanner.extents, [{ start: 0, end: position, firstSeq: 1 }]);
      }),
    );
  });
});
