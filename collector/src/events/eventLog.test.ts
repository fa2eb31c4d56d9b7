import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { EventLog } from "./eventLog.ts";

const file = ',"process":"1-a","file":{"op":"write","path":"/a"}';

describe("EventLog", () => {
  it("numbers events without gaps and ends with the counts of all lines", () => {
    const log = new MemoryLog();
    const events = new EventLog(log);
    events.write("file.write", 1_790_000_000_000_001, file);
    events.write("file.write", 1_790_000_000_999_999, file);
    events.loss("file", 1_790_000_001_000_000, 3);
    assert.ok(events.end(1_790_000_001_000_001));
    assert.deepEqual(log.events.at(-1)?.["counts"], { "file.write": 2, loss: 1, seal: 1, "run.end": 1 });
    assert.equal(log.events.at(-1)?.["lost"], 3);
    assert.equal(log.events[1]?.t, 1_790_000_000_999_999);
  });

  it("says what was lost elsewhere again where the disk refuses the line that says it", () => {
    const log = new MemoryLog();
    const events = new EventLog(log);
    log.full = true;
    events.loss("core", 1_000_000, 500);
    events.write("file.write", 1_000_001, file);
    events.flush();
    events.loss("core", 1_000_002, 7);
    events.loss("sensor", 1_000_003, 1, true);
    events.flush();
    log.full = false;
    assert.ok(events.end(1_000_004));
    assert.deepEqual(
      log.of("loss").map(({ source, lost, atLeast }) => [source, lost, atLeast]),
      [
        ["core", 507, undefined],
        ["disk", 1, undefined],
        ["sensor", 1, true],
      ],
    );
    assert.deepEqual(log.events.at(-1)?.["counts"], { loss: 3, seal: 1, "run.end": 1 });
    assert.equal(log.events.at(-1)?.["lost"], 509);
  });

  it("counts what a full disk refuses, exactly, and says so when there is room again", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ full: fc.boolean(), count: fc.nat(4) }), { maxLength: 30 }), (steps) => {
        const log = new MemoryLog();
        const events = new EventLog(log);
        let made = 0;
        for (const { full, count } of steps) {
          log.full = full;
          for (let i = 0; i < count; i++) events.write("file.write", 1_000_000 + made++, file);
          events.flush();
        }
        log.full = true;
        assert.equal(events.end(2_000_000), false);
        log.full = false;
        assert.ok(events.end(2_000_000));
        const said = log.of("loss").reduce((sum, event) => sum + (event["lost"] as number), 0);
        assert.equal(log.of("file.write").length + said, made);
        const end = log.events.at(-1);
        assert.equal(end?.["lost"], said);
        const counts = Object.values(end?.["counts"] as Record<string, number>);
        assert.equal(
          counts.reduce((sum, n) => sum + n, 0),
          end?.seq,
        );
        assert.equal(events.refused, true, "it refused run.end at first");
      }),
    );
  });

  it("seals what it wrote half a second ago, and after many lines, and nothing twice", () => {
    const log = new MemoryLog();
    let now = 0;
    const events = new EventLog(log, () => now);
    const tick = (ms: number): void => {
      now += ms;
      events.flush();
    };
    tick(10_000);
    events.write("file.write", 1_000_000, file);
    tick(0);
    tick(400);
    assert.equal(log.of("seal").length, 0);
    tick(100);
    assert.deepEqual(
      log.of("seal").map(({ seq, first, last }) => [seq, first, last]),
      [[2, 1, 2]],
    );
    tick(10_000);
    assert.equal(log.events.length, 2, "there is nothing to seal");
    for (let i = 0; i < 25_000; i++) {
      events.write("file.write", 1_000_001, file);
      if (i % 100 === 0) events.flush();
    }
    assert.equal(log.of("seal").length, 3);
    const [, second, third] = log.of("seal");
    assert.deepEqual([third!["previous"], third!["first"]], [second!["sha256"], second!["seq"] + 1]);
  });

  it("seals again later what a full disk did not let it seal, and loses no event for that", () => {
    const log = new MemoryLog();
    let now = 0;
    const events = new EventLog(log, () => now);
    events.write("file.write", 1_000_000, file);
    events.flush();
    now += 1_000;
    log.full = true;
    events.flush();
    assert.deepEqual([events.refused, events.lost, log.events.length], [false, 0, 1]);
    log.full = false;
    events.flush();
    assert.deepEqual([log.events.length, log.events[1]?.type, log.events[1]?.["last"]], [2, "seal", 2]);
    assert.ok(events.end(2_000_000));
    assert.deepEqual(log.events.at(-1)?.["counts"], { "file.write": 1, seal: 2, "run.end": 1 });
    assert.deepEqual([log.events.at(-2)?.type, log.events.at(-2)?.["last"]], ["seal", 4]);
  });
});
