// What an hour of one watched pull request costs, counted at the server: the view, the following of its session, and the related
// diff together. Time is made here: a look of the follower takes two seconds of it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { segmentName } from "../../../collector/protocol/artifactNames.ts";
import type { GitHubClient } from "../../src/github/gitHubClient.ts";
import { readOnlyFile } from "../../src/hosted/artifactZip.ts";
import { followPace } from "../../src/hosted/followPace.ts";
import type { HostedRun } from "../../src/hosted/hostedRun.ts";
import { HostedRuns } from "../../src/hosted/hostedRuns.ts";
import { sealedRun, testKey } from "../../src/hosted/testSource.ts";
import { PullWatcher } from "../../src/pullRequests/pullWatcher.ts";
import { RunRegistry } from "../../src/sessions/registry.ts";
import { addArtifact, beginStep } from "./copilotPull.ts";
import { startTestGitHub, type TestGitHub } from "./testGitHub.ts";

const LOOK_MS = 2000;
/** The Action's own budget in the first hour. */
const SEGMENT_MS = 12_000;
const SEGMENT_LINES = 4;
const name = { owner: "octo-org", name: "receipt-ocr" };
const { signal } = new AbortController();

describe("an hour of one watched pull request", function () {
  this.timeout(120_000);
  let github: TestGitHub;
  let folder = "";
  let registry: RunRegistry;
  let hosted: HostedRuns;
  let watcher: PullWatcher;
  let run: HostedRun;
  let lines: readonly string[];
  const defects: unknown[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-budget-"));
    github = await startTestGitHub();
    registry = new RunRegistry();
    lines = sealedRun(SEGMENT_LINES * 310);
    const { client, clock } = github;
    watcher = new PullWatcher({
      client: async () => client,
      wishes: () => ({ repositories: [{ name, branch: "copilot/read-receipts", pull: 7 }], added: [] }),
      now: () => clock.now,
      glance: async () => assert.fail("its log is open"),
      isOpen: () => true,
    });
    hosted = new HostedRuns({
      registry,
      folder,
      maxSpoolBytes: () => 1e8,
      unpack: readOnlyFile,
      onDefect: (error) => defects.push(error),
      now: () => clock.now,
      pollMs: 1,
    });
  });
  afterEach(async () => {
    await hosted.close();
    await registry.close();
    await github.fake.close();
    await rm(folder, { recursive: true });
    assert.deepEqual(defects, []);
  });

  /** What going to the related diff asks, and the lenses that are made of it: a change that is known is not asked for again. */
  let knownHead = "";
  const relatedDiff = async (client: GitHubClient): Promise<void> => {
    const { branch } = await client.run(name, github.run.id);
    const [pull] = await client.pulls(name, { branch, state: "all" });
    assert.ok(pull !== undefined);
    if (pull.head.sha === knownHead) return;
    knownHead = pull.head.sha;
    await Promise.all([client.pullFiles(pull), client.commits(pull)]);
    await client.mergeBase(name, pull.base.sha, pull.head.sha);
    await client.commit(name, pull.head.sha);
  };

  /** Lets `ms` pass in which `change` happens before each look; gives the requests that were paid for, as the server counts. */
  const pass = async (ms: number, change: (at: number) => void): Promise<number> => {
    const { client, clock, fake } = github;
    const start = clock.now;
    let nextPoll = start;
    /** One look, and all that the view asks meanwhile. */
    const tick = async (): Promise<void> => {
      clock.now += LOOK_MS;
      change(clock.now - start);
      if (clock.now >= nextPoll) nextPoll = clock.now + (await watcher.poll(signal));
      if ((clock.now - start) % 120_000 < LOOK_MS) await relatedDiff(client);
    };
    const looking: GitHubClient = Object.create(client, {
      run: {
        value: async (...asked: Parameters<GitHubClient["run"]>) => {
          if (clock.now - start < ms) await tick();
          return client.run(...asked);
        },
      },
    }) as GitHubClient;
    const { id, title } = github.run;
    run = await hosted.follow({ ...name, id, title }, looking);
    while (clock.now - start < ms) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      assert.notEqual(run.state.kind, "failed", run.failure?.reason);
      // It rests, or nearly so: time passes all the same.
      if (followPace(client.billedLastHour) > 1) await tick();
    }
    return fake.requests.filter(({ billed }) => billed).length;
  };

  let uploaded = 0;
  const upload = (at: number): void => {
    for (; uploaded < Math.floor(at / SEGMENT_MS) && uploaded < 309; uploaded += 1) {
      const first = uploaded * SEGMENT_LINES + 1;
      const text = lines.slice(first - 1, first - 1 + SEGMENT_LINES).join("");
      const named = { key: testKey, number: uploaded + 1, first, last: first + SEGMENT_LINES - 1 };
      addArtifact(github.run, segmentName(named), { "segment.ndjson": text }, github.clock.now);
    }
  };
  beforeEach(() => (uploaded = 0));

  it("costs fewer than 1,000 requests, with a piece of the log every 12 seconds, steps and commits", async () => {
    const minutes = 10;
    const billed = await pass(minutes * 60_000, (at) => {
      upload(at);
      // A new step every two minutes, and a push every five.
      if (at % 120_000 < LOOK_MS) {
        beginStep(github.run, 1 + ((at / 120_000) % 8), github.clock.now);
        github.run.updatedAt = github.clock.now;
      }
      if (at % 300_000 < LOOK_MS) {
        github.pull.updatedAt = github.clock.now;
        github.pull.head.sha = github.pull.commits[at % 600_000 < LOOK_MS ? 0 : 1]!.sha;
      }
    });
    assert.ok(run.lastSeq >= (minutes * 60 * SEGMENT_LINES) / 12 - 2 * SEGMENT_LINES, `${run.lastSeq} events came`);
    const anHour = (billed * 60) / minutes;
    assert.ok(anHour > 500 && anHour < 1000, `${billed} in ${minutes} minutes`);
  });

  it("costs fewer than 1,000 even if everything changes all the time", async () => {
    let round = 0;
    const billed = await pass(3_600_000, (at) => {
      upload(at);
      round += 1;
      github.run.updatedAt = github.clock.now;
      github.pull.updatedAt = github.clock.now;
      github.run.jobs[0]!.steps[0]!.name = `Step ${round}`;
    });
    assert.ok(billed > 900 && billed < 1000, `${billed}`);
  });
});
