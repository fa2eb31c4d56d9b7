import assert from "node:assert/strict";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { EventLog } from "../events/eventLog.ts";
import { EnforcementWatch } from "./enforcementWatch.ts";

const T = 1_790_000_000_000_000;

describe("what is said of the enforcement", () => {
  let now = 0;
  let log: MemoryLog;
  let events: EventLog;
  let watch: EnforcementWatch;
  beforeEach(() => {
    now = 0;
    log = new MemoryLog();
    events = new EventLog(log);
    watch = new EnforcementWatch(events, () => now);
  });
  const said = (): string[] => {
    events.flush();
    return log.of("enforcement").map(({ armed, reason }) => `${String(armed)} ${String(reason)}`);
  };

  it("is each word of who looks after it", () => {
    watch.take({ time: T, armed: true, reason: "attached" });
    watch.take({ time: T + 1, armed: true, reason: "attached" });
    assert.deepEqual(said(), ["true attached", "true attached"]);
    assert.equal(watch.lost, false);
  });

  it("is the end of it, for good", async () => {
    watch.take({ time: T, armed: false, reason: "detached" });
    watch.take({ time: T + 1, armed: true, reason: "attached" });
    assert.equal(await watch.disarmed, "detached");
    assert.equal(watch.lost, true);
  });

  it("is the end of the sensor", async () => {
    watch.end("the sensor was killed by SIGKILL");
    assert.match(await watch.disarmed, /killed by SIGKILL: nothing is allowed any more/);
    assert.equal(said().length, 1);
  });

  it("is that nobody says anything, once, and again after a word", () => {
    watch.take({ time: T, armed: true, reason: "attached" });
    for (now = 0; now <= 60_000; now += 1_000) watch.tick();
    assert.equal(said().length, 2);
    assert.match(said()[1] ?? "", /^false nobody has looked after/);
    watch.take({ time: T, armed: true, reason: "attached" });
    for (const end = now + 30_000; now <= end; now += 1_000) watch.tick();
    assert.equal(said().length, 4);
    assert.equal(watch.lost, false);
  });
});
