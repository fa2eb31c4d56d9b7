import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { WorkerLog, WorkerLogParser } from "./workerLog.ts";

const BEGAN = Date.parse("2026-11-29T08:00:00Z") * 1000;
const line = (seconds: number, source: string, message: string): string =>
  `[2026-11-29 08:00:${String(seconds).padStart(2, "0")}Z INFO ${source}] ${message}`;
const at = (seconds: number): number => BEGAN + seconds * 1_000_000;
const steps = (seconds: number, name: string): string =>
  line(seconds, "StepsRunner", `Processing step: DisplayName='${name}'`);
const started = (seconds: number, pid: number): string =>
  line(seconds, "ProcessInvokerWrapper", `Process started with process id ${pid}, waiting for process exit.`);
const result = (seconds: number, what: string): string =>
  line(seconds, "StepsRunner", `No need for updating job result with current step result '${what}'.`);

const parse = (...lines: readonly string[]): WorkerLogParser => {
  const parser = new WorkerLogParser();
  for (const text of lines) parser.line(text);
  return parser;
};

describe("WorkerLogParser", () => {
  it("takes name, place, process and conclusion of each step", () => {
    const parser = parse(
      line(0, "JobRunner", "Total job steps: 3."),
      steps(1, "Run actions/checkout@v4"),
      started(1, 70),
      line(2, "ProcessInvokerWrapper", "Finished process 70 with exit code 0, and elapsed time 00:00:01.1."),
      result(2, "Succeeded"),
      steps(2, "Only on main"),
      result(2, "Skipped"),
      steps(2, "it's 'quoted'"),
      started(3, 71),
      line(4, "StepsRunner", "Update job result with current step result 'Failed'."),
      steps(4, "Post Run actions/checkout@v4"),
      started(4, 72),
    );
    assert.deepEqual(
      parser.entries.map(({ name, number, conclusion }) => [name, number, conclusion]),
      [
        ["Run actions/checkout@v4", 2, "success"],
        ["Only on main", 3, "skipped"],
        ["it's 'quoted'", 4, "failure"],
        ["Post Run actions/checkout@v4", undefined, undefined],
      ],
    );
    assert.equal(parser.startedFor(71, at(3))?.name, "it's 'quoted'");
    assert.equal(parser.startedFor(73, at(3)), undefined);
    assert.equal(parser.at(at(1))?.name, "Run actions/checkout@v4");
    assert.equal(parser.at(at(0)), undefined);
  });

  it("takes the form of older workers, and a name of several lines", () => {
    const parser = parse(
      line(1, "StepsRunner", "Processing step: DisplayName='Build', ContinueOnError=False, Enabled=True"),
      line(1, "StepsRunner", "Processing step: DisplayName='first line"),
      "second line'",
    );
    assert.deepEqual(
      parser.entries.map(({ name }) => name),
      ["Build", "first line"],
    );
  });

  it("does not take a former process of the same pid for a step's", () => {
    const parser = parse(steps(1, "one"), started(1, 70), steps(9, "two"));
    assert.equal(parser.startedFor(70, at(1))?.name, "one");
    assert.equal(parser.startedFor(70, at(20)), undefined);
    assert.equal(parser.startedFor(70, at(0)), undefined);
  });

  it("goes by the order where the log does not name processes, and there are several steps in a second", () => {
    const parser = parse(
      steps(1, "one"),
      result(1, "Succeeded"),
      steps(2, "no"),
      result(2, "Skipped"),
      steps(2, "two"),
      result(2, "Succeeded"),
      steps(2, "three"),
    );
    const take = (seconds: number): string | undefined => {
      const entry = parser.at(at(seconds));
      if (entry !== undefined) entry.taken = true;
      return entry?.name;
    };
    assert.deepEqual([take(1), take(2), take(2), take(2), take(9)], ["one", "two", "three", undefined, undefined]);
    const named = parse(steps(1, "one"), started(1, 70), steps(1, "two"));
    assert.equal(named.at(at(1))?.name, "two", "the first has its process");
  });

  it("masks secrets, cuts long names, and forgets the oldest of very many", () => {
    const secret = `ghp_${"a1B2".repeat(9)}`;
    const parser = parse(steps(1, `use ${secret}`), steps(1, "x".repeat(50_000)));
    assert.ok(!parser.entries[0]?.name.includes(secret.slice(8)));
    assert.equal(parser.entries[1]?.name.length, 300);
    for (let i = 0; i < 12_000; i++) parser.line(steps(2, `step ${i}`));
    assert.equal(parser.entries.length, 5_000);
    for (let i = 0; i < 12_000; i++) parser.line(started(2, i));
    assert.equal(parser.startedFor(11_999, at(2))?.name, "step 11999");
    assert.equal(parser.startedFor(1, at(2)), undefined);
  });

  it("takes any text", () => {
    const message = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.string({ unit: "binary", maxLength: 20 }).map((text) => steps(1, text)),
      fc.string({ unit: "binary", maxLength: 20 }).map((text) => result(1, text)),
      fc.integer().map((n) => started(1, n)),
      fc.constant("[9999-99-99 99:99:99Z INFO StepsRunner] Processing step: DisplayName='x'"),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (lines) => {
        const parser = parse(...lines);
        assert.ok(parser.entries.every((entry) => Number.isFinite(entry.at) && entry.name.length <= 300));
        assert.equal(parser.startedFor(-1, at(1)), undefined);
      }),
    );
  });
});

describe("WorkerLog", () => {
  let root: string;
  let diag: string;
  let now: number;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "runglass-test-"));
    diag = join(root, "_diag");
    mkdirSync(diag);
    now = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const open = (owner = process.getuid?.() ?? 0): WorkerLog =>
    new WorkerLog(join(root, "bin/Runner.Worker"), BEGAN, owner, () => now);
  const file = (stamp: string): string => join(diag, `Worker_20261129-${stamp}-utc.log`);

  it("follows the worker's own file, and the next one when that is full", () => {
    writeFileSync(file("075900"), `${steps(0, "of an earlier job")}\n`);
    writeFileSync(file("080000"), `${steps(1, "one")}\n${started(1, 70)}\n`);
    const log = open();
    assert.equal(log.startedFor(70, at(1))?.name, "one");
    assert.equal(log.at(at(0)), undefined);
    appendFileSync(file("080000"), `${steps(5, "two")}\n${started(5, 71)}`);
    log.poll();
    assert.equal(log.startedFor(71, at(5)), undefined, "the line is not whole yet");
    appendFileSync(file("080000"), "72, waiting\n");
    log.poll();
    assert.equal(log.at(at(5))?.name, "two");
    writeFileSync(file("080500"), `${steps(7, "three")}\n`);
    writeFileSync(file("080600"), `${steps(11, "four")}\n`);
    now = 3_000;
    log.poll();
    now = 6_000;
    log.poll();
    assert.deepEqual([log.at(at(7))?.name, log.at(at(11))?.name], ["three", "four"]);
    log.close();
    log.poll();
    assert.equal(log.at(at(11))?.name, "four");
  });

  it("finds a file that is not there yet", () => {
    const log = open();
    assert.equal(log.at(at(1)), undefined);
    writeFileSync(file("080001"), `${steps(1, "one")}\n`);
    log.poll();
    assert.equal(log.at(at(1))?.name, "one");
    log.close();
  });

  it("has no names where there is no log, or it is no file of the worker's", () => {
    for (const make of [
      (): void => rmSync(diag, { recursive: true }),
      (): void => {
        writeFileSync(join(root, "elsewhere"), `${steps(1, "one")}\n`);
        symlinkSync(join(root, "elsewhere"), file("080000"));
      },
      (): void => mkdirSync(file("080000")),
      // Whoever opens it waits for a writer.
      (): void => void execFileSync("mkfifo", [file("080000")]),
      (): void => {
        rmSync(diag, { recursive: true });
        symlinkSync("_diag", diag);
      },
      (): void => {
        writeFileSync(file("080000"), `${steps(1, "one")}\n`);
        if (process.getuid?.() === 0) chownSync(file("080000"), 12_345, 12_345);
        else rmSync(file("080000"));
      },
    ]) {
      make();
      const log = open();
      assert.equal(log.at(at(9)), undefined);
      log.poll();
      log.close();
      rmSync(diag, { recursive: true, force: true });
      mkdirSync(diag);
    }
  });

  it("reads past lines without end, and says nothing while there is much more to read", () => {
    writeFileSync(file("080000"), `${"x".repeat(300_000)}${steps(1, "no")}\n${steps(1, "one")}\n`);
    const log = open();
    assert.equal(log.at(at(1))?.name, "one");
    appendFileSync(file("080000"), `${`${"y".repeat(1000)}\n`.repeat(3_000)}${steps(5, "two")}\n`);
    log.poll();
    assert.equal(log.at(at(5)), undefined);
    for (let polls = 2; polls < 13; polls++) log.poll();
    assert.equal(log.at(at(5))?.name, "two");
    log.close();
  });
});
