import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { logName, segmentName } from "../../../collector/protocol/artifactNames.ts";
import type { Failure } from "../errors.ts";
import { artifactAltered } from "../github/failures.ts";
import { readChunk, type Cursor } from "../sessions/lineStore.ts";
import { until } from "../stream/testCollector.ts";
import { readOnlyFile } from "./artifactZip.ts";
import { HostedRun } from "./hostedRun.ts";
import { RunFollower, type Look } from "./runFollower.ts";
import { sealedRun, testKey, TestGitHub, zipOf } from "./testSource.ts";

const linesOf = async ({ store }: HostedRun): Promise<string> => {
  let text = "";
  for (let cursor: Cursor | undefined; ;) {
    const chunk = await readChunk(store, cursor, { maxBytes: 500, maxLines: 3 });
    if (chunk === undefined) return text;
    text += Buffer.from(chunk.bytes).toString();
    cursor = chunk.next;
  }
};

const gone: Failure = { code: "artifactGone", reason: "It is gone.", action: "Run it again.", retry: false };
const unreachable: Failure = { code: "unreachable", reason: "No answer.", action: "Wait.", retry: true };

describe("following a run by its artifacts", () => {
  const lines = sealedRun(43);
  const whole = lines.join("");
  let folder = "";
  let github: TestGitHub;
  let runs: Map<string, HostedRun>;
  let looks: Look[];
  let failures: (readonly [string, number | undefined])[];
  let defects: unknown[];
  let follower: RunFollower;
  let clock = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-follow-"));
  });
  after(() => rm(folder, { recursive: true }));

  beforeEach(() => {
    github = new TestGitHub();
    runs = new Map();
    looks = [];
    failures = [];
    defects = [];
    clock = 1_790_000_030_000;
    follower = new RunFollower({
      source: () => github,
      repository: { owner: "o", name: "r" },
      runId: 7,
      runFor: async (key) => {
        const run = await HostedRun.open({
          key,
          origin: "o/r",
          title: key,
          spoolPath: join(folder, `${runs.size}-${Math.random()}.ndjson`),
          maxSpoolBytes: () => 1e8,
          onStop: () => undefined,
          onResume: () => undefined,
          onGone: () => undefined,
        });
        runs.set(key, run);
        return run;
      },
      unpack: readOnlyFile,
      folder,
      maxLogBytes: () => 1e7,
      onLook: (look) => void looks.push(look),
      onFailure: (failure, retryInMs) => void failures.push([failure.code, retryInMs]),
      onDefect: (error) => defects.push(error),
      now: () => clock,
      pollMs: 2,
    });
  });
  afterEach(async () => {
    await follower.stop();
    for (const run of runs.values()) await run.dispose(false);
    assert.deepEqual(defects, []);
    assert.deepEqual(await readdir(folder), [], "nothing is left behind");
  });

  const runOf = (key = testKey): HostedRun => {
    const run = runs.get(key);
    assert.ok(run !== undefined, key);
    return run;
  };
  /** Lets it look a few times more. */
  const someLooks = async (count = 3): Promise<void> => {
    const before = looks.length;
    await until("looks", () => looks.length >= before + count);
  };
  const untilSeq = (seq: number, key = testKey): Promise<void> =>
    until(`event ${seq}`, () => (runs.get(key)?.lastSeq ?? 0) >= seq);
  const untilOver = (key = testKey): Promise<void> => until("the end", () => runs.get(key)?.isOver === true);
  const code = (key = testKey): string | undefined => runOf(key).failure?.code;
  const noteOf = (): string => {
    const { state } = runOf();
    return state.kind === "live" ? (state.note ?? "") : "";
  };
  const finish = (conclusion = "success"): void => {
    github.facts = { ...github.facts, status: "completed", conclusion };
  };

  it("joins pieces as they come, and the whole log at the end, without a gap or a repeat", async () => {
    github.segment(lines, 1, 1, 12);
    follower.start();
    await untilSeq(12);
    await until("live", () => runOf().state.kind === "live");
    assert.deepEqual(runOf().state, { kind: "live", behindMs: 30_000 });
    github.segment(lines, 2, 13, 30);
    github.segment(lines, 3, 31, 33);
    await untilSeq(33);
    assert.equal(await linesOf(runOf()), lines.slice(0, 33).join(""));
    assert.match(runOf().proof, /hold up to line 30/);
    github.sealedLog(lines);
    finish();
    await untilOver();
    assert.equal(await linesOf(runOf()), whole);
    const { state } = runOf();
    assert.ok(state.kind === "ended" && state.complete && /All seals hold/.test(state.proof ?? ""));
    assert.equal(new Set(github.downloads).size, github.downloads.length, "nothing is downloaded twice");
    const { looks: asked } = github;
    await until("rest", () => github.looks === asked);
  });

  it("joins pieces in whatever order and however often they come", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
        async (order, repeats) => {
          const key = `job.1.n${order.join("")}${repeats.join("")}`;
          follower.start();
          for (const [i, number] of [...order, ...repeats].entries()) {
            github.segment(lines, number, number * 5 - 4, number * 5, key);
            if (i % 3 === 0) await someLooks(1);
          }
          await untilSeq(40, key);
          assert.equal(await linesOf(runOf(key)), lines.slice(0, 40).join(""));
          github.forget();
        },
      ),
      { numRuns: 8 },
    );
  });

  it("says what is missing where a piece has not come, and goes on when it does", async () => {
    github.segment(lines, 1, 1, 10);
    github.segment(lines, 3, 21, 30);
    follower.start();
    await untilSeq(10);
    await someLooks();
    const { state } = runOf();
    assert.ok(state.kind === "live" && state.note === undefined, "not at once");
    clock += 60_000;
    await until("the note", () => {
      const now = runOf().state;
      return now.kind === "live" && now.note?.startsWith("Events 11 to 20 have not arrived") === true;
    });
    github.segment(lines, 2, 11, 20);
    await untilSeq(30);
    await until("no note", () => {
      const now = runOf().state;
      return now.kind === "live" && now.note === undefined;
    });
  });

  const wrongPieces: readonly (readonly [string, Buffer | Failure, RegExp])[] = [
    [
      "other lines than it says",
      zipOf({ a: lines.slice(5, 12).join("") }),
      /line 1: it is event 6 and should be event 11/,
    ],
    ["a line that is cut", zipOf({ a: lines.slice(10, 20).join("").slice(0, -5) }), /line 10: it is cut off/],
    ["no archive", Buffer.from("hello"), /it is damaged/],
    ["a bomb", zipOf({ a: Buffer.alloc(70_000_000) }), /unpacks to more than 64 MB/],
    ["nothing any more", gone, /GitHub does not give it/],
    ["another archive than GitHub tells of", artifactAltered(), /its checksum is not the one that GitHub tells/],
  ];
  for (const [name, content, reason] of wrongPieces) {
    it(`passes over a piece that holds ${name}, says so, and takes the log instead`, async () => {
      github.segment(lines, 1, 1, 10);
      github.upload(segmentName({ key: testKey, number: 2, first: 11, last: 20 }), content);
      github.segment(lines, 3, 21, 30);
      follower.start();
      await untilSeq(10);
      await until("the piece", () => github.downloads.length >= 2);
      await someLooks();
      clock += 20_000;
      await someLooks();
      const { state } = runOf();
      assert.ok(state.kind === "live");
      assert.match(state.note ?? "", reason);
      assert.equal(runOf().lastSeq, 10);
      github.sealedLog(lines);
      await untilOver();
      assert.equal(await linesOf(runOf()), whole);
    });
  }

  it("asks for the newest page only, however many pieces there are, and misses none", async () => {
    const many = sealedRun(703);
    const upload = (from: number, to: number): void => {
      for (let n = from; n <= to; n += 1) github.segment(many, n, 2 * n - 1, 2 * n);
    };
    upload(1, 220);
    follower.start();
    await untilSeq(440);
    await someLooks();
    const [pages, before] = [github.pages, github.looks];
    await someLooks(5);
    assert.ok(github.pages - pages <= github.looks - before + 1, "one page a look");
    upload(221, 222);
    await untilSeq(444);
    follower.pause();
    upload(223, 350);
    follower.start();
    await untilSeq(700);
    assert.equal(await linesOf(runOf()), many.slice(0, 700).join(""));
  });

  it("shows each job and each attempt as a run of its own", async () => {
    const other = "test-2.1.ffffff";
    github.segment(lines, 1, 1, 10);
    github.segment(lines, 1, 1, 5, other);
    follower.start();
    await untilSeq(10);
    await untilSeq(5, other);
    assert.equal(await linesOf(runOf(other)), lines.slice(0, 5).join(""));
  });

  it("says that a run was started anew, and follows the new attempt", async () => {
    github.segment(lines, 1, 1, 10);
    follower.start();
    await untilSeq(10);
    github.forget();
    github.facts = { ...github.facts, attempt: 2 };
    github.segment(lines, 1, 1, 7, "copilot.2.b2c3d4");
    await untilOver();
    assert.equal(code(), "startedAnew");
    await untilSeq(7, "copilot.2.b2c3d4");
    assert.equal(runOf("copilot.2.b2c3d4").state.kind, "live");
    assert.equal(await linesOf(runOf()), lines.slice(0, 10).join(""), "what came is kept");
  });

  it("says how a run ended that has no sealed log, when none came for a while", async () => {
    github.segment(lines, 1, 1, 10);
    follower.start();
    await untilSeq(10);
    finish("cancelled");
    await someLooks();
    assert.equal(runOf().state.kind, "live", "it may still come");
    clock += 60_000;
    await untilOver();
    assert.equal(code(), "endedWithoutLog");
    assert.match(runOf().failure?.reason ?? "", /cancelled/);
  });

  it("ends where the pieces already hold all, and no log comes", async () => {
    github.segment(lines, 1, 1, 43);
    follower.start();
    await untilSeq(43);
    finish();
    await someLooks();
    clock += 60_000;
    await untilOver();
    assert.equal(runOf().state.kind, "ended");
  });

  it("says that a finished run's artifacts have expired", async () => {
    github.sealedLog(lines);
    github.expire(/log/);
    finish();
    follower.start();
    await untilOver();
    assert.equal(code(), "logExpired");
    assert.deepEqual(github.downloads, []);
  });

  it("shows a log up to the line that was altered, and names it", async () => {
    const altered = lines.with(17, lines[17]!.replace("/etc/passwd", "/etc/passwe"));
    github.sealedLog(altered);
    finish();
    follower.start();
    await untilOver();
    assert.equal(code(), "lineBroken");
    assert.match(runOf().failure?.reason ?? "", /line 20: this seal does not fit lines 16 to 20.*hold up to line 15/);
    assert.equal(await linesOf(runOf()), altered.slice(0, 19).join(""));
  });

  it("says so when the sealed log is not what was followed", async () => {
    github.segment(lines, 1, 1, 20);
    follower.start();
    await untilSeq(20);
    const others = sealedRun(43, 5).map((line) => line.replace("/etc/passwd", "/etc/shadow"));
    github.sealedLog(others);
    await untilOver();
    assert.equal(code(), "logRewritten");
    assert.match(runOf().failure?.reason ?? "", /first in line 2:/);
    assert.equal(await linesOf(runOf()), lines.slice(0, 20).join(""), "what was followed is kept");
  });

  it("says so when the sealed log is shorter than what was followed", async () => {
    github.segment(lines, 1, 1, 20);
    follower.start();
    await untilSeq(20);
    github.sealedLog(lines.slice(0, 10));
    await untilOver();
    assert.equal(code(), "logRewritten");
  });

  const wrongLogs: readonly (readonly [string, Buffer, string])[] = [
    ["is empty", zipOf({ "run.ndjson": "" }), "archiveDamaged"],
    ["is no archive", Buffer.from("hello"), "archiveDamaged"],
    ["unpacks to too much", zipOf({ "run.ndjson": Buffer.alloc(20_000_000, "\n") }), "archiveDamaged"],
    ["is one endless line", zipOf({ "run.ndjson": Buffer.alloc(9_000_000, "x") }), "archiveDamaged"],
    ["is text", zipOf({ "run.ndjson": "hello\n" }), "lineBroken"],
    ["ends within a line", zipOf({ "run.ndjson": whole.slice(0, -9) }), "lineBroken"],
    ["is of a newer version", zipOf({ "run.ndjson": '{"v":2,"seq":1,"t":1,"type":"x"}\n' }), "newerVersion"],
  ];
  for (const [name, content, wanted] of wrongLogs) {
    it(`says what is wrong with a log that ${name}`, async () => {
      github.upload(logName(testKey), content);
      finish();
      follower.start();
      await untilOver();
      assert.equal(code(), wanted);
    });
  }

  it("asks again, ever more rarely, while GitHub can't be asked, and goes on", async () => {
    github.segment(lines, 1, 1, 10);
    follower.start();
    await untilSeq(10);
    github.failure = unreachable;
    await until("failures", () => failures.length >= 3);
    const waits = failures.slice(0, 3).map(([, wait]) => wait ?? 0);
    assert.deepEqual(
      waits,
      [...waits].sort((a, b) => a - b),
    );
    assert.equal(runOf().isOver, false);
    github.failure = undefined;
    github.segment(lines, 2, 11, 20);
    await untilSeq(20);
  });

  it("stops at what no waiting helps, and goes on when it is started again", async () => {
    github.failure = { ...unreachable, code: "tokenRefused", retry: false };
    follower.start();
    await until("the failure", () => failures.length === 1);
    assert.deepEqual(failures, [["tokenRefused", undefined]]);
    github.failure = undefined;
    github.segment(lines, 1, 1, 10);
    follower.start();
    await untilSeq(10);
  });

  it("rests where nearly 1,000 answers were paid for in an hour, says so, and goes on by itself", async () => {
    github.segment(lines, 1, 1, 12);
    github.billedLastHour = 919;
    follower.start();
    await untilSeq(12);
    github.billedLastHour = 920;
    await until("rest", () => /so it rests/.test(noteOf()));
    const { looks: before } = github;
    github.segment(lines, 2, 13, 30);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(github.looks, before);
    // As after the half minute that it waits.
    github.billedLastHour = 0;
    follower.start();
    await untilSeq(30);
    await until("no note", () => noteOf() === "");
  });

  it("asks nothing while it is paused", async () => {
    follower.start();
    await someLooks();
    follower.pause();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { looks: before } = github;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(github.looks, before);
    github.segment(lines, 1, 1, 10);
    follower.start();
    await untilSeq(10);
  });
});
