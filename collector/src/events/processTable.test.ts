import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { EventLog } from "./eventLog.ts";
import { ProcessTable } from "./processTable.ts";
import { ToolCalls } from "./toolCalls.ts";

/** Pids that do not exist here: the kernel's greatest is 4,194,304. */
const FIRST_PID = 5_000_000;
const userName = (): undefined => undefined;
const at = (n: number): { time: number; pid: number; start: number } => ({
  time: 1_790_000_000_000_000 + n,
  pid: FIRST_PID + (n % 6),
  start: (1 + n) * 1_000_000,
});

const NOWHERE = { cgroup: 0, insidePid: 0, pidNamespace: 0 };

describe("ProcessTable", () => {
  it("tells a consistent story of whatever happens, also where frames are lost", () => {
    const step = fc.record({
      what: fc.constantFrom("fork", "exec", "exit", "act"),
      who: fc.nat(11),
      parent: fc.nat(11),
      lost: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const log = new MemoryLog();
        const events = new EventLog(log);
        const table = new ProcessTable(events, userName, () => 0, new ToolCalls(events));
        for (const { what, who, parent, lost } of steps) {
          if (lost === 0) continue;
          const self = at(who);
          const from = { ppid: at(parent).pid, parentStart: at(parent).start, uid: 0, ...NOWHERE };
          if (what === "fork" && who !== parent) table.fork({ kind: "fork", ...self, ...from });
          else if (what === "exec") {
            const image = { exe: "/bin/x", argv: ["x"], cwd: "/", truncated: false, existing: false };
            table.exec({ kind: "exec", ...self, ...from, ...image });
          } else if (what === "exit") table.exit({ kind: "exit", ...self, code: 0, signal: 0 });
          else if (what === "act") assert.ok(table.acting(self.pid, self.start, self.time).introduced);
        }
        events.flush();
        const [introduced, ended] = [new Set<string>(), new Set<string>()];
        for (const event of log.events) {
          const id = event.process ?? "";
          if (event.type === "process.exec") {
            const parent: unknown = event["exec"].parent;
            assert.ok(
              parent === undefined || (typeof parent === "string" && introduced.has(parent)),
              "parents go first",
            );
            introduced.add(id);
          } else {
            assert.ok(introduced.has(id), "an exit belongs to a process that was introduced");
            assert.ok(!ended.has(id), "nobody ends twice");
            ended.add(id);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("forgets processes a while after their end, and stays within its bound", () => {
    const events = new EventLog(new MemoryLog());
    let now = 0;
    const table = new ProcessTable(events, userName, () => now, new ToolCalls(events), 1000);
    const many = (from: number, to: number, ending: boolean): void => {
      for (let n = from; n < to; n++) {
        const self = { time: 1, pid: FIRST_PID + n, start: n + 1 };
        table.fork({ kind: "fork", ...self, ppid: 1, parentStart: 1, uid: 0, ...NOWHERE });
        if (ending) table.exit({ kind: "exit", ...self, code: 0, signal: 0 });
      }
    };
    many(0, 900, true);
    assert.equal(table.size, 900);
    now += 6_000;
    table.tick();
    assert.equal(table.size, 0);
    many(1_000, 6_000, false);
    assert.equal(table.size, 1000);
    many(10_000, 60_000, true);
    assert.ok(table.size <= 1000);
  });

  it("holds a bounded number of ancestors for an endless chain of forks", () => {
    const log = new MemoryLog();
    const events = new EventLog(log);
    const table = new ProcessTable(events, userName, () => 0, new ToolCalls(events));
    for (let n = 1; n <= 5_000; n++) {
      const self = { time: 1, pid: FIRST_PID + n, start: n };
      table.fork({ kind: "fork", ...self, ppid: self.pid - 1, parentStart: n - 1, uid: 0, ...NOWHERE });
      if (n > 1) table.exit({ kind: "exit", time: 1, pid: self.pid - 1, start: n - 1, code: 0, signal: 0 });
    }
    table.acting(FIRST_PID + 5_000, 5_000, 1);
    events.flush();
    assert.ok(log.of("process.exec").length <= 40, String(log.of("process.exec").length));
  });
});
