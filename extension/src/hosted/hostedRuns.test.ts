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
import { sealedRun, testKey, TestGitHub } from "./testSource.ts";

const session = {
  owner: "O",
  name: "r",
  id: 7,
  title: "Running Copilot cloud agent",
  url: "https://github.com/O/r/actions/runs/7",
};

describe("the hosted runs of a window", () => {
  const lines = sealedRun(43);
  let folder = "";
  let github: TestGitHub;
  let registry: RunRegistry;
  let hosted: HostedRuns;
  let defects: unknown[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-hosted-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    github = new TestGitHub();
    registry = new RunRegistry();
    defects = [];
    hosted = new HostedRuns({
      registry,
      folder,
      maxSpoolBytes: () => 1e8,
      unpack: readOnlyFile,
      onDefect: (error) => defects.push(error),
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
    await untilQuiet();
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

  it("show a log that is there already", async () => {
    github.facts = { ...github.facts, status: "completed", conclusion: "success" };
    github.sealedLog(lines, testKey);
    const run = await hosted.follow(session, github);
    await until("the end", () => run.state.kind === "ended");
    assert.equal(run.lastSeq, 43);
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
