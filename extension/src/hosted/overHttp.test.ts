// The whole way: GitHub's client over HTTP, archives, and the runs of a window.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logName, segmentName } from "../../../collector/protocol/artifactNames.ts";
import { endSession } from "../../test/github/copilotPull.ts";
import { ALICE, FAKE_TOKEN } from "../../test/github/state.ts";
import { startTestGitHub, type TestGitHub } from "../../test/github/testGitHub.ts";
import { RunRegistry } from "../sessions/registry.ts";
import { until } from "../stream/testCollector.ts";
import { readOnlyFile } from "./artifactZip.ts";
import type { HostedRun } from "./hostedRun.ts";
import { HostedRuns } from "./hostedRuns.ts";
import { sealedRun, testKey } from "./testSource.ts";

describe("a session that is followed over HTTP", () => {
  const lines = sealedRun(1300);
  let folder = "";
  let github: TestGitHub;
  let registry: RunRegistry;
  let hosted: HostedRuns;
  const defects: unknown[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-http-"));
    github = await startTestGitHub();
    registry = new RunRegistry();
    hosted = new HostedRuns({
      registry,
      folder,
      maxSpoolBytes: () => 1e8,
      unpack: readOnlyFile,
      onDefect: (error) => defects.push(error),
      now: () => github.clock.now,
      pollMs: 2,
    });
  });
  afterEach(async () => {
    await hosted.close();
    await registry.close();
    await github.fake.close();
    await rm(folder, { recursive: true });
    assert.deepEqual(defects, []);
    assert.deepEqual(github.fake.leaks, []);
  });

  const upload = (name: string, text: string): void => {
    github.run.artifacts.unshift({
      id: github.run.artifacts.length + 1,
      name,
      files: { "run.ndjson": text },
      expired: false,
      createdAt: github.clock.now,
      expiresAt: github.clock.now + 86_400_000,
    });
  };
  const segment = (number: number, first: number, last: number): void =>
    upload(segmentName({ key: testKey, number, first, last }), lines.slice(first - 1, last).join(""));
  const follow = (): Promise<HostedRun> => {
    const { id, title } = github.run;
    return hosted.follow({ owner: "octo-org", name: "receipt-ocr", id, title }, github.client);
  };

  it("grows by pieces, and ends with the sealed log", async () => {
    const run = await follow();
    segment(1, 1, 20);
    await until("the first piece", () => run.lastSeq === 20);
    segment(3, 31, 50);
    segment(2, 21, 30);
    await until("the others", () => run.lastSeq === 50);
    upload(logName(testKey), lines.join(""));
    github.run.status = "completed";
    github.run.conclusion = "success";
    await until("the end", () => run.state.kind === "ended");
    assert.equal(run.lastSeq, 1300);
    assert.match(run.proof, /All seals hold/);
  });

  it("costs two requests for a new piece, and none for a look that finds nothing new", async () => {
    for (let n = 1; n <= 120; n += 1) segment(n, 4 * n - 3, 4 * n);
    const run = await follow();
    await until("what was there", () => run.lastSeq === 480);
    const before = github.client.billedLastHour;
    for (let n = 121; n <= 130; n += 1) {
      segment(n, 4 * n - 3, 4 * n);
      github.clock.now += 12_000;
      await until(`piece ${n}`, () => run.lastSeq === 4 * n);
    }
    // The list and the piece; 300 an hour are 600, where 1,000 may be spent.
    const billed = github.client.billedLastHour - before;
    assert.ok(billed >= 20 && billed <= 24, `${billed}`);
  });

  it("says what GitHub says: that the log has expired, or that the token is no longer taken", async () => {
    upload(logName(testKey), lines.join(""));
    github.run.artifacts[0]!.expired = true;
    github.run.status = "completed";
    const run = await follow();
    await until("the end", () => run.state.kind === "failed");
    assert.equal(run.failure?.code, "logExpired");
    await registry.remove(run);
    github.fake.state.tokens = {};
    const again = await follow();
    await until("the refusal", () => again.state.kind === "failed");
    assert.equal(again.failure?.code, "tokenRefused");
  });

  it("stops at what only the user can mend, says what that is, and goes on from there", async () => {
    segment(1, 1, 4);
    const run = await follow();
    await until("a piece", () => run.lastSeq === 4);
    const web = github.fake.url;
    const answers = [
      ["ssoAsked", { "x-github-sso": `required; url=${web}/orgs/octo-org/sso` }],
      ["permissionMissing", { "x-accepted-github-permissions": "actions=read" }],
    ] as const;
    for (const [i, [code, headers]] of answers.entries()) {
      github.fake.state.faults.push({ matches: /actions\/runs/, status: 403, headers });
      await until("the refusal", () => run.state.kind === "failed");
      assert.equal(run.failure?.code, code);
      assert.notEqual(run.failure?.action, "");
      github.fake.state.faults.length = 0;
      segment(2 + i, 5 + 4 * i, 8 + 4 * i);
      run.resume();
      await until("the next piece", () => run.lastSeq === 8 + 4 * i);
    }
    // A token that expires in the middle; another one takes its place.
    github.fake.state.tokens = {};
    await until("the refusal", () => run.failure?.code === "tokenRefused");
    github.fake.state.tokens = { [FAKE_TOKEN]: ALICE };
    segment(4, 13, 16);
    run.resume();
    await until("the last piece", () => run.lastSeq === 16);
    assert.equal(run.state.kind, "live");
  });

  it("waits through a rate limit with what has come, and goes on by itself", async () => {
    segment(1, 1, 4);
    const run = await follow();
    await until("a piece", () => run.lastSeq === 4);
    const { state } = github.fake;
    state.rate = { ...state.rate, remaining: 0, resetsAt: github.clock.now + 3000 };
    segment(2, 5, 8);
    await until("the limit", () => run.state.kind === "lost");
    assert.equal(run.failure?.code, "rateLimited");
    assert.equal(run.lastSeq, 4);
    github.clock.now += 3000;
    await until("the next piece", () => run.lastSeq === 8);
  });

  it("shows each attempt of a run that is started again by itself, and how a cancelled one ended", async () => {
    segment(1, 1, 4);
    const run = await follow();
    await until("a piece", () => run.lastSeq === 4);
    const again = github.clock.now + 1000;
    Object.assign(github.run, { attempt: 2, status: "in_progress", startedAt: again });
    github.run.jobs.push({ ...github.run.jobs[0]!, id: 5, attempt: 2, startedAt: again });
    github.run.artifacts.length = 0;
    upload(segmentName({ key: "copilot.2.b2c3d4", number: 1, first: 1, last: 4 }), lines.slice(0, 4).join(""));
    await until("the other attempt", () => run.failure?.code === "startedAnew");
    const second = registry.runs.find((one) => one !== run) as HostedRun;
    await until("its piece", () => second.lastSeq === 4);
    endSession(github.run, github.clock.now, "cancelled");
    await until("the end", () => {
      github.clock.now += 5000;
      return second.state.kind === "failed";
    });
    assert.match(second.failure?.reason ?? "", /was cancelled before its sealed log was uploaded/);
  });
});
