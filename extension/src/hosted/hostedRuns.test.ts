import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { RunRegistry } from "../sessions/registry.ts";
import { until } from "../stream/testCollector.ts";
import { readOnlyFile } from "./artifactZip.ts";
import type { HostedRun } from "./hostedRun.ts";
import { HostedRuns } from "./hostedRuns.ts";
import type { HostedJob } from "./hostedSource.ts";
import { sealedRun, testKey, TestGitHub } from "./testSource.ts";

const session = {
  owner: "O",
  name: "r",
  id: 7,
  title: "Running Copilot cloud agent",
};

describe("the hosted runs of a window", () => {
  const lines = sealedRun(43);
  let folder = "";
  let github: TestGitHub;
  let registry: RunRegistry;
  let hosted: HostedRuns;
  let defects: unknown[];
  let renewed: TestGitHub | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-hosted-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    github = new TestGitHub();
    registry = new RunRegistry();
    defects = [];
    renewed = undefined;
    hosted = new HostedRuns({
      registry,
      folder,
      maxSpoolBytes: () => 1e8,
      unpack: readOnlyFile,
      onDefect: (error) => defects.push(error),
      renew: async () => renewed ?? github,
      pollMs: 2,
    });
  });
  afterEach(async () => {
    await hosted.close();
    await registry.close();
    assert.deepEqual(defects, []);
    assert.deepEqual(await readdir(folder), [], "nothing is left behind");
  });

  const untilSeq = (run: HostedRun, seq: number): Promise<void> => until(`event ${seq}`, () => run.lastSeq >= seq);
  const untilQuiet = async (): Promise<void> => {
    for (let looks = -1; looks !== github.looks;) {
      ({ looks } = github);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };

  it("have a row at once, which then shows the job's log; a second job gets one of its own", async () => {
    const run = await hosted.follow(session, github);
    assert.deepEqual(registry.runs, [run]);
    assert.equal(run.title, "Running Copilot cloud agent");
    assert.equal(run.state.kind, "connecting");
    github.segment(lines, 1, 1, 10);
    await untilSeq(run, 10);
    assert.equal(run.title, "npm ci");
    github.segment(lines, 1, 1, 5, "test.1.ffffff");
    await until("the other row", () => registry.runs.length === 2);
    assert.ok(registry.runs[1]?.key.endsWith("#test.1.ffffff"));
    await untilSeq(registry.runs[1] as HostedRun, 5);
  });

  it("have one row where two ask for the same run at once", async () => {
    const [run, other] = await Promise.all([hosted.follow(session, github), hosted.follow(session, github)]);
    assert.equal(other, run);
    assert.deepEqual(registry.runs, [run]);
    github.segment(lines, 1, 1, 10);
    await untilSeq(run, 10);
    assert.equal(await hosted.follow(session, github), run);
  });

  it("have the steps of their job beside the log, and none where it can't be told which job it is", async () => {
    const steps = [
      { number: 2, name: "Run it", status: "completed", conclusion: "success", startedAt: 1000, completedAt: 3000 },
    ];
    github.jobList = [
      { ...copilotJob(), id: 80, name: "other", steps: [] },
      { ...copilotJob(), steps },
    ];
    const run = await hosted.follow(session, github);
    github.segment(lines, 1, 1, 10);
    await until("steps", () => run.jobSteps.length > 0);
    const fact = { number: 2, name: "Run it", conclusion: "success", startedAt: 1000, completedAt: 3000 };
    assert.deepEqual(run.jobSteps, [fact]);
    github.jobList = [...github.jobList, { ...copilotJob(), id: 81, steps }];
    await until("doubt", () => run.jobSteps.length === 0);
  });

  it("show the attempt that is meant, each by its own row", async () => {
    github.facts = { ...github.facts, attempt: 2 };
    github.sealedLog(lines);
    const run = await hosted.follow({ ...session, attempt: 2 }, github);
    await until("the first attempt's log", () => registry.runs.some(({ state }) => state.kind === "ended"));
    assert.equal(run.lastSeq, 0, "its row is not taken by the attempt before");
    github.segment(lines, 1, 1, 10, "copilot.2.b2c3d4");
    await untilSeq(run, 10);
    const first = registry.runs.find(({ state }) => state.kind === "ended");
    assert.equal(await hosted.follow({ ...session, attempt: 1 }, github), first);
    assert.equal(await hosted.follow({ ...session, attempt: 2 }, github), run);
  });

  it("go to the new attempt where a session was started again meanwhile", async () => {
    github.segment(lines, 1, 1, 10);
    const run = await hosted.follow({ ...session, attempt: 1 }, github);
    await untilSeq(run, 10);
    github.forget();
    github.facts = { ...github.facts, attempt: 2 };
    github.segment(lines, 1, 1, 7, "copilot.2.b2c3d4");
    await until("its end", () => run.failure?.code === "startedAnew");
    await until("the other", () => registry.runs.length === 2);
    const again = await hosted.follow({ ...session, attempt: 2 }, github);
    assert.notEqual(again, run);
    await untilSeq(again, 7);
  });

  it("go to the new attempt where a session was started again after its end", async () => {
    github.facts = { ...github.facts, status: "completed", conclusion: "success", startedAt: T };
    github.jobList = [copilotJob({ status: "completed", conclusion: "success", completedAt: T + 60_000 })];
    github.sealedLog(lines);
    const first = await hosted.follow({ ...session, attempt: 1 }, github);
    await until("its end", () => first.state.kind === "ended");
    github.forget();
    github.facts = { ...github.facts, status: "in_progress", conclusion: undefined, attempt: 2 };
    github.jobList = [copilotJob({ id: 80, attempt: 2 })];
    github.segment(lines, 1, 1, 7, "copilot.2.b2c3d4");
    const [second, other] = await Promise.all([
      hosted.follow({ ...session, attempt: 2 }, github),
      hosted.follow({ ...session, attempt: 2 }, github),
    ]);
    assert.equal(other, second);
    await untilSeq(second, 7);
    assert.deepEqual(registry.runs, [first, second], "what the first attempt has left stays");
    assert.equal(first.state.kind, "ended");
    assert.equal(await hosted.follow({ ...session, attempt: 1 }, github), first);
    assert.equal(await hosted.follow({ ...session, attempt: 2 }, github), second);
    assert.equal(await hosted.follow(session, github), second);
  });

  it("begin a new attempt also where nobody watched the one before, and nobody watches it", async () => {
    github.facts = { ...github.facts, status: "completed", conclusion: "success", startedAt: T };
    github.jobList = [copilotJob({ status: "completed", conclusion: "success", completedAt: T + 60_000 })];
    const first = await hosted.follow({ ...session, attempt: 1 }, github);
    await until("its end", () => first.state.kind === "ended");
    github.facts = { ...github.facts, status: "in_progress", conclusion: undefined, attempt: 2 };
    github.jobList = [copilotJob({ id: 80, attempt: 2 })];
    const second = await hosted.follow({ ...session, attempt: 2 }, github);
    await until("its steps", () => second.state.kind === "live");
    assert.ok(second.isUnwatched);
    github.segment(lines, 1, 1, 7, "copilot.2.b2c3d4");
    const third = (): HostedRun => registry.runs[1] as HostedRun;
    await until("its log", () => third() !== second && third().lastSeq === 7);
    assert.deepEqual(registry.runs, [first, third()]);
    assert.equal(third().key, second.key);
    assert.equal(await hosted.follow({ ...session, attempt: 2 }, github), third());
  });

  it("are followed once, however often that is asked for", async () => {
    const run = await hosted.follow(session, github);
    assert.equal(await hosted.follow({ ...session, owner: "o" }, github), run);
    assert.equal(registry.runs.length, 1);
  });

  it("ask nothing while nobody looks, and go on when somebody does", async () => {
    const run = await hosted.follow(session, github);
    await until("a look", () => github.looks > 0);
    hosted.setActive(false);
    await untilQuiet();
    github.segment(lines, 1, 1, 10);
    hosted.setActive(true);
    await untilSeq(run, 10);
  });

  it("stop at the user's wish, and go on from there without a gap", async () => {
    const run = await hosted.follow(session, github);
    github.segment(lines, 1, 1, 10);
    await untilSeq(run, 10);
    run.disconnect();
    assert.equal(run.failure?.code, "notFollowed");
    await untilQuiet();
    github.segment(lines, 2, 11, 20);
    github.segment(lines, 3, 21, 30);
    run.resume();
    await untilSeq(run, 30);
    assert.equal(run.state.kind, "live");
  });

  it("are gone with their copy when they are removed, and can be watched again", async () => {
    const run = await hosted.follow(session, github);
    github.segment(lines, 1, 1, 10);
    await untilSeq(run, 10);
    await registry.remove(run);
    await hosted.close();
    assert.deepEqual(await readdir(folder), []);
    const again = await hosted.follow(session, github);
    assert.notEqual(again, run);
    await untilSeq(again, 10);
  });

  it("show why GitHub can't be asked", async () => {
    github.failure = { code: "x", reason: "No way.", action: "Wait.", retry: true };
    const run = await hosted.follow(session, github);
    await until("lost", () => run.state.kind === "lost");
    github.failure = { code: "ssoAsked", reason: "Single sign-on.", action: "Authorise.", retry: false };
    await until("failed", () => run.state.kind === "failed");
    assert.equal(run.failure?.code, "ssoAsked");
    github.failure = undefined;
    github.segment(lines, 1, 1, 10);
    assert.equal(await hosted.follow(session, github), run, "watching it again tries again");
    await untilSeq(run, 10);
  });

  it("go on also where that is asked for in the look that has ended them", async () => {
    github.segment(lines, 1, 1, 10);
    const run = await hosted.follow(session, github);
    await untilSeq(run, 10);
    const stop = run.onChange(() => {
      if (run.state.kind !== "failed") return;
      stop();
      github.facts = { ...github.facts, status: "in_progress", conclusion: undefined };
      github.segment(lines, 2, 11, 20);
      void hosted.follow(session, github);
    });
    github.jobList = [copilotJob({ status: "completed", conclusion: "cancelled", completedAt: T + 60_000 })];
    github.facts = { ...github.facts, status: "completed", conclusion: "cancelled" };
    await untilSeq(run, 20);
    assert.equal(run.state.kind, "live");
  });

  it("ask who is signed in by then, where a run goes on that had stopped", async () => {
    github.failure = { code: "tokenRefused", reason: "No.", action: "Sign in.", retry: false };
    const run = await hosted.follow(session, github);
    await until("failed", () => run.state.kind === "failed");
    renewed = new TestGitHub();
    renewed.segment(lines, 1, 1, 10);
    run.resume();
    await untilSeq(run, 10);
    const { looks } = github;
    await until("looks at the new one", () => (renewed?.looks ?? 0) > 2);
    assert.equal(github.looks, looks);
  });

  it("show a log that is there already", async () => {
    github.facts = { ...github.facts, status: "completed", conclusion: "success" };
    github.sealedLog(lines, testKey);
    const run = await hosted.follow(session, github);
    await until("the end", () => run.state.kind === "ended");
    assert.equal(run.lastSeq, 43);
  });

  const T = Date.parse("2026-06-26T12:24:44Z");
  const copilotJob = (more: Partial<HostedJob> = {}): HostedJob => ({
    id: 79,
    attempt: 1,
    name: "copilot",
    status: "in_progress",
    conclusion: undefined,
    startedAt: T,
    completedAt: undefined,
    runner: "GitHub Actions 7",
    steps: [
      {
        number: 15,
        name: "Processing Request (Linux)",
        status: "in_progress",
        conclusion: undefined,
        startedAt: T + 5000,
        completedAt: undefined,
      },
    ],
    ...more,
  });
  const types = (run: HostedRun): string[] => [...run.summary.counts.keys()];

  describe("where nobody watched the session", () => {
    const endedLongAgo = (): void => {
      github.facts = { ...github.facts, status: "completed", conclusion: "success", startedAt: T };
      github.jobList = [copilotJob({ status: "completed", conclusion: "success", completedAt: T + 60_000 })];
    };

    it("show what GitHub tells of it, at once where it ended long ago", async () => {
      endedLongAgo();
      github.log = `2026-06-26T12:25:03.9778708Z [cca-engine] turn=2 tool.execution_start: bash — npm ci\n`;
      const body =
        "I tried to connect to the following addresses, but was blocked by firewall rules:\n- `a.example`\n  - Triggering command: `curl` (dns block)\n";
      github.pullList = [{ number: 3, body, author: { login: "Copilot" }, createdAt: T }];
      github.commentList = [
        { body: body.replace("a.example", "b.example"), author: { login: "Copilot" }, createdAt: T + 1000 },
        { body: body.replace("a.example", "old.example"), author: { login: "Copilot" }, createdAt: T - 1e7 },
        { body: body.replace("a.example", "forged.example"), author: { login: "mallory" }, createdAt: T + 1000 },
      ];
      const run = await hosted.follow(session, github);
      await until("the end", () => run.state.kind === "ended");
      assert.ok(run.isUnwatched);
      assert.match(run.proof, /nothing proves it/);
      assert.deepEqual(types(run), [
        "run.start",
        "coverage",
        "finding",
        "step.start",
        "tool.start",
        "firewall",
        "run.end",
      ]);
      const text = Buffer.from(await run.store.readBytes(0, run.store.size)).toString();
      assert.deepEqual(
        [...text.matchAll(/(\w+)\.example/g)].map(([, name]) => name),
        ["a", "b"],
      );
    });

    it("show the rest where GitHub does not give the log or the pull request", async () => {
      endedLongAgo();
      const refuse = async (): Promise<never> => {
        throw new UserError({ code: "forbidden", reason: "No.", action: "Ask.", retry: false });
      };
      github.jobLog = refuse;
      github.pulls = refuse;
      const run = await hosted.follow(session, github);
      await until("the end", () => run.state.kind === "ended");
      assert.equal(run.summary.counts.get("coverage"), 6);
    });

    it("show its steps while it goes on; and its log instead, if one comes after all", async () => {
      github.jobList = [copilotJob()];
      const run = await hosted.follow(session, github);
      await until("steps", () => run.summary.counts.get("step.start") === 1);
      assert.ok(run.state.kind === "live");
      assert.match(run.state.note ?? "", /its tool calls, and what the agent's firewall has blocked.* when it ends/);
      const [step] = github.jobList[0]?.steps ?? [];
      assert.ok(step !== undefined);
      github.jobList = [
        copilotJob({ steps: [{ ...step, status: "completed", conclusion: "success", completedAt: T + 9000 }] }),
      ];
      await until("the step's end", () => run.summary.counts.get("step.end") === 1);
      github.segment(lines, 1, 1, 10);
      await until("the log", () => (registry.runs[0]?.summary.events ?? 0) === 10 && registry.runs[0] !== run);
      assert.equal(registry.runs.length, 1);
      assert.equal(registry.runs[0]?.key, run.key);
      assert.equal(registry.runs[0]?.title, "npm ci");
      assert.equal(registry.runs[0]?.isUnwatched, false);
    });

    it("wait for the log of a job that has a step of ours", async () => {
      const [step] = copilotJob().steps;
      assert.ok(step !== undefined);
      github.jobList = [
        copilotJob({ steps: [{ ...step, number: 2, name: "Run runglass/runglass/collector@v1" }, step] }),
      ];
      const run = await hosted.follow(session, github);
      await until("looks", () => github.looks > 3);
      assert.equal(run.state.kind, "connecting");
      assert.equal(run.summary.events, 0);
    });
  });
});

describe("UserError", () => {
  it("is known also where another bundle has made it", () => {
    const other = Object.assign(new Error("x"), { name: "UserError", failure: { code: "x" } });
    assert.ok(other instanceof UserError);
    for (const none of [undefined, null, "UserError", {}, new Error("x"), { name: "UserError" }]) {
      assert.ok(!((none as unknown) instanceof UserError));
    }
  });
});
