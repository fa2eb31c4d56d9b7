import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunRegistry } from "../sessions/registry.ts";
import { until } from "../stream/testCollector.ts";
import { readOnlyFile } from "./artifactZip.ts";
import { bringBack } from "./bringBack.ts";
import type { HostedRun } from "./hostedRun.ts";
import { HostedRuns } from "./hostedRuns.ts";
import { sealedRun, TestGitHub } from "./testSource.ts";

describe("a row of a hosted run, after a reload of the window", () => {
  const lines = sealedRun(43);
  const run = { owner: "o", name: "r", id: 7 };
  let folder: string;
  let github: TestGitHub;
  let registry: RunRegistry;
  let hosted: HostedRuns;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-back-"));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    github = new TestGitHub();
    registry = new RunRegistry();
    hosted = new HostedRuns({
      registry,
      folder,
      maxSpoolBytes: () => 1e8,
      unpack: readOnlyFile,
      onDefect: (error) => assert.fail(String(error)),
      pollMs: 2,
    });
  });
  afterEach(async () => {
    await hosted.close();
    await registry.close();
  });

  const back = (row?: string, waitMs?: number): Promise<HostedRun> =>
    bringBack(hosted, registry, row === undefined ? run : { ...run, row }, github, waitMs);
  const untilSeq = (of: HostedRun, seq: number): Promise<void> => until(`event ${seq}`, () => of.lastSeq >= seq);

  it("is that of the workflow run, or of its later attempt", async () => {
    github.facts = { ...github.facts, attempt: 2 };
    github.segment(lines, 1, 1, 7, "copilot.2.b2c3d4");
    const own = await back();
    await untilSeq(own, 7);
    assert.equal(await back("attempt.2"), own);
    assert.equal(registry.runs.length, 1);
  });

  it("is that of a further job, when GitHub has told of it", async () => {
    github.segment(lines, 1, 1, 10, "copilot.1.a1b2c3");
    const coming = back("test.1.ffffff");
    await until("the first job", () => registry.runs.some(({ summary }) => summary.events === 10));
    github.segment(lines, 1, 1, 5, "test.1.ffffff");
    const test = await coming;
    assert.equal(test.key, "hosted:o/r/7#test.1.ffffff");
    await untilSeq(test, 5);
    const first = await back("copilot.1.a1b2c3");
    assert.equal(first.lastSeq, 10);
    assert.equal(registry.runs.length, 2);
  });

  it("is that of the workflow run where GitHub no longer has the job", async () => {
    github.segment(lines, 1, 1, 10, "copilot.1.a1b2c3");
    const shown = await back("gone.1.ffffff", 300);
    await untilSeq(shown, 10);
    assert.equal(shown.key, "hosted:o/r/7");
  });
});
