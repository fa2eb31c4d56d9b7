import assert from "node:assert/strict";
import fc from "fast-check";
import type { FileWrite } from "../../protocol/events.ts";
import { changesOf } from "../../protocol/foldedFiles.ts";
import * as encode from "../../test/frames/encode.ts";
import { MemoryLog } from "../../test/frames/memoryLog.ts";
import { FrameReader } from "../sensor/frames.ts";
import { EventLog } from "./eventLog.ts";
import { Pipeline } from "./pipeline.ts";

const node = { pid: 100, start: 5_000_000_000 };
type Op = Parameters<typeof encode.file>[1];

/** A run whose clock stands still until it is moved. */
class Run {
  readonly log = new MemoryLog();
  readonly #events = new EventLog(this.log);
  #clock = 0;
  #t = encode.TIME;
  readonly #pipeline = new Pipeline(this.#events, () => this.#clock);
  readonly #reader = new FrameReader((frame) => this.#pipeline.take(frame));

  constructor() {
    this.take(encode.hello(), encode.exec(node, { exe: "/usr/bin/node" }));
  }
  take(...frames: readonly Buffer[]): void {
    for (const frame of frames) this.#reader.push(frame);
  }
  file(op: Op, path: string, from = "", count = 1, who: encode.Who = node): void {
    this.take(encode.file({ ...who, time: (this.#t += 10) }, op, path, from, count));
  }
  files(op: Op, n: number, name: (i: number) => string): void {
    for (let i = 0; i < n; i++) this.file(op, name(i));
  }
  wait(ms: number): void {
    this.#clock += ms;
    this.#t += ms * 1000;
    this.#pipeline.tick();
  }
  /** All file events so far, in the order of the log. */
  changes(): FileWrite[] {
    this.#events.flush();
    return this.log.of("file.write") as unknown as FileWrite[];
  }
  end(): FileWrite[] {
    this.#pipeline.finish();
    return this.changes();
  }
}

const flat = (events: readonly FileWrite[]): string[] =>
  events.flatMap((event) => [...changesOf(event)].map(({ path, count }) => `${event.file.op} ${path} ${count}`));
const operations = (events: readonly FileWrite[]): number => events.reduce((sum, { count }) => sum + (count ?? 1), 0);

describe("bursts of file changes", () => {
  it("tell the first hundred and fifty one by one, then many in one event, and leave none out", () => {
    const run = new Run();
    run.files("create", 1000, (i) => `/w/r/node_modules/p${i % 7}/lib/f${i}.js`);
    assert.equal(run.changes().length, 150, "what is gathered waits");
    run.wait(200);
    const events = run.changes();
    assert.equal(events.length, 151);
    const folded = events.at(-1)!;
    assert.equal(folded.file.path, "/w/r/node_modules");
    assert.equal(folded.count, 850);
    assert.equal(Object.keys(folded.file.files ?? {}).length, 7);
    assert.equal(folded.file.files?.["p3/lib/"]?.[0], "f150.js");
    assert.ok(folded.until! > folded.t && folded.t > events[149]!.t);
    assert.equal(new Set(flat(events)).size, 1000);
  });

  it("leave what comes slowly as it is", () => {
    const run = new Run();
    for (let i = 0; i < 1000; i++) {
      run.file("create", `/w/r/src/f${i}`);
      run.wait(10);
    }
    assert.ok(run.end().every(({ file }) => file.files === undefined));
  });

  it("are over when it is quiet", () => {
    const run = new Run();
    run.files("create", 300, (i) => `/w/r/f${i}`);
    run.wait(11_000);
    const before = run.changes().length;
    run.files("write", 100, (i) => `/w/r/f${i}`);
    assert.equal(run.changes().length, before + 100);
  });

  it("are of one process and one directory", () => {
    const run = new Run();
    const other = { pid: 200, start: 6_000_000_000 };
    for (let i = 0; i < 100; i++) {
      run.file("create", `/w/a/f${i}`);
      run.file("create", `/w/b/f${i}`);
      run.file("create", `/w/a/g${i}`, "", 1, other);
    }
    assert.ok(run.end().every(({ file }) => file.files === undefined));
  });

  it("keep secrets, what lets others in or runs, and what a rename gives another name by themselves", () => {
    const run = new Run();
    run.files("create", 300, (i) => `/home/u/r/f${i}`);
    const single = ["/home/u/r/.env", "/home/u/r/.git/hooks/post-checkout", "/home/u/r/.github/workflows/a.yml"];
    for (const path of single) run.file("create", path);
    run.files("create", 50, (i) => `/home/u/r/g${i}`);
    run.file("rename", "/home/u/r2", "/home/u/r");
    run.files("create", 50, (i) => `/home/u/r2/h${i}`);
    const events = run.end();
    for (const path of single) assert.ok(events.some(({ file }) => file.path === path && file.files === undefined));
    const order = flat(events);
    const at = (line: string): number => order.indexOf(line);
    assert.ok(at("create /home/u/r/g49 1") < at("rename /home/u/r2 1"));
    assert.ok(at("rename /home/u/r2 1") < at("create /home/u/r2/h0 1"));
  });

  it("are told before their process ends or becomes another program", () => {
    for (const [end, type] of [
      [encode.exit(node, 0), "process.exit"],
      [encode.exec(node, { exe: "/bin/true" }), "process.exec"],
    ] as const) {
      const run = new Run();
      run.files("create", 300, (i) => `/w/r/f${i}`);
      run.take(end);
      const changes = run.changes();
      assert.equal(operations(changes), 300);
      assert.ok((run.log.of(type).at(-1)?.seq ?? 0) > (changes.at(-1)?.seq ?? Infinity));
    }
  });

  it("count equal operations of one file", () => {
    const run = new Run();
    run.files("write", 300, (i) => `/w/r/f${i}`);
    for (let i = 250; i < 300; i++) run.file("write", `/w/r/f${i}`, "", 40);
    run.wait(200);
    const folded = run.changes().at(-1)!;
    assert.equal(folded.count, 150 + 50 * 40);
    assert.deepEqual([...changesOf(folded)].at(-1), { path: "/w/r/f299", from: undefined, count: 41 });
  });

  it("have renames too", () => {
    const run = new Run();
    run.files("create", 250, (i) => `/home/u/.npm/tmp/${i}`);
    for (let i = 0; i < 50; i++) run.file("rename", `/home/u/.npm/content/${i}`, `/home/u/.npm/tmp/${i}`);
    const events = run.end();
    const last = events.at(-1)!;
    assert.deepEqual([last.file.op, last.file.path, last.count, events.length], ["rename", "/home/u/.npm", 50, 152]);
    assert.deepEqual([...changesOf(last)].at(-1), {
      path: "/home/u/.npm/content/49",
      from: "/home/u/.npm/tmp/49",
      count: 1,
    });
  });

  it("never make an event too long", () => {
    const run = new Run();
    const long = "x".repeat(200);
    run.files("create", 5000, (i) => `/w/r/${long}${i}`);
    const events = run.end();
    assert.equal(operations(events), 5000);
    assert.ok(events.every((event) => JSON.stringify(event).length < 200_000));
    assert.ok(events.length < 300);
  });

  it("never hold much, however many processes make one at once", () => {
    const run = new Run();
    const deep = `/w/r/${"d".repeat(4000)}`;
    for (let pid = 1000; pid < 1045; pid++) {
      const who = { pid, start: pid * 1_000_000 };
      for (let i = 0; i < 162; i++) run.file("create", `${deep}/${i}`, "", 1, who);
    }
    const now = operations(run.changes());
    assert.ok(now > 45 * 150, `${now} are told without any wait`);
    assert.equal(operations(run.end()), 45 * 162);
  });

  it("keep the order of what is done to each file, whatever comes, and lose nothing", () => {
    const name = fc.integer({ min: 0, max: 9 }).map((n) => `/w/r/d${n % 3}/f${n}`);
    const step = fc.oneof(
      fc.tuple(fc.constantFrom<Op>("create", "write", "unlink", "chmod", "truncate"), name, fc.constant("")),
      fc.tuple(fc.constant<Op>("rename"), name, name),
      fc.constant("wait" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const run = new Run();
        run.files("create", 201, (i) => `/w/r/first${i}`);
        const done: string[][] = [];
        for (const one of steps) {
          if (one === "wait") run.wait(200);
          else {
            const [op, path, from] = one;
            run.file(op, path, from);
            done.push([op, path, from]);
          }
        }
        const told = run
          .end()
          .filter(({ file }) => file.files !== undefined || !file.path.includes("first"))
          .flatMap((event) =>
            [...changesOf(event)].flatMap(({ path, from, count }) =>
              Array.from({ length: count }, () => [event.file.op, path, from ?? ""]),
            ),
          )
          .filter(([, path]) => !path?.includes("first"));
        assert.equal(told.length, done.length);
        // Equal operations in a row may have been counted together; so each file's history is compared as a whole.
        for (const path of new Set(done.flatMap((one) => one.slice(1).filter((named) => named !== "")))) {
          const about = (list: readonly (readonly string[])[]): string[] =>
            list.filter(([, to, from]) => to === path || from === path).map((words) => words.join(" "));
          const withoutRepeats = (list: readonly string[]): string[] => list.filter((line, i) => line !== list[i - 1]);
          assert.deepEqual(withoutRepeats(about(told)), withoutRepeats(about(done)));
        }
      }),
      { numRuns: 300 },
    );
  });
});
