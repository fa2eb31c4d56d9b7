import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { logName, segmentName, verdictName } from "../../../collector/protocol/artifactNames.ts";
import { testEvent } from "../stream/testCollector.ts";
import { readOnlyFile } from "./artifactZip.ts";
import { SessionGlances, type SessionGlance } from "./sessionGlance.ts";
import { sealedRun, testKey, TestGitHub, zipOf } from "./testSource.ts";

const session = { owner: "o", name: "r", id: 7, attempt: 1 };
const verdict = { key: testKey, policy: "enforced", findings: 3, denied: 2, broken: false } as const;

/** A first line of a run with this policy, and what is said of it later. */
const piece = (mode: string, ...armed: readonly boolean[]): string =>
  [
    JSON.stringify({
      v: 1,
      seq: 1,
      t: 1_790_000_000_000_000,
      type: "run.start",
      run: { id: "7" },
      host: { name: "h", os: "o", kernel: "k", arch: "a" },
      collector: { version: "1" },
      policy: { mode, endpoints: [] },
    }),
    ...armed.map((is, i) => testEvent(i + 2, "enforcement", `"armed":${is},"reason":"x"`)),
    "no line of ours",
    "",
  ].join("\n");

describe("a glance at a session's log", () => {
  let folder = "";
  let github: TestGitHub;
  let glances: SessionGlances;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "runglass-glance-"));
    github = new TestGitHub();
    await rm(folder, { recursive: true });
    glances = new SessionGlances({ folder, unpack: readOnlyFile });
  });
  afterEach(async () => {
    assert.deepEqual(await readdir(folder).catch(() => []), [], "nothing is left behind");
    await rm(folder, { recursive: true, force: true });
  });

  const glance = (): Promise<SessionGlance> => glances.at(github, session);
  const upload = (number: number, first: number, last: number, text: string): number =>
    github.upload(segmentName({ key: testKey, number, first, last }), zipOf({ a: text }));

  it("finds nothing of ours among other artifacts, and of another attempt", async () => {
    github.upload("results", zipOf({ a: "x" }));
    github.sealedLog(sealedRun(7), "copilot.2.b2c3d4");
    assert.equal((await glance()).log, "none");
    assert.deepEqual(github.downloads, []);
  });

  it("reads policy and findings off a name, without a download", async () => {
    github.sealedLog(sealedRun(7));
    assert.deepEqual(await glance(), {
      log: "whole",
      policy: undefined,
      findings: undefined,
      denied: undefined,
      broken: false,
    });
    github.upload(verdictName(verdict), zipOf({ a: "{}" }));
    assert.deepEqual(await glance(), { log: "whole", policy: "enforced", findings: 3, denied: 2, broken: false });
    github.expire(/^runglass-log--/);
    const { log, findings } = await glance();
    assert.deepEqual([log, findings], ["expired", 3]);
    assert.deepEqual(github.downloads, []);
  });

  it("believes neither of two that say different things", async () => {
    github.sealedLog(sealedRun(7));
    github.upload(verdictName(verdict), zipOf({ a: "{}" }));
    github.upload(verdictName({ ...verdict, findings: 0 }), zipOf({ a: "{}" }));
    const { policy, findings } = await glance();
    assert.deepEqual([policy, findings], [undefined, undefined]);
  });

  it("reads of a session that goes on whether its policy is enforced, and only where there is one to enforce", async () => {
    upload(1, 1, 5, piece("audit"));
    assert.equal((await glance()).policy, "audited");
    upload(2, 6, 9, piece("none"));
    assert.equal((await glance()).policy, "audited");
    assert.equal(github.downloads.length, 1, "later pieces say nothing new");
  });

  it("follows whether it is enforced, by the newest piece", async () => {
    upload(1, 1, 5, piece("block"));
    assert.equal((await glance()).policy, undefined, "not told yet");
    upload(2, 6, 9, [testEvent(6, "enforcement", '"armed":true,"reason":"x"'), ""].join("\n"));
    assert.equal((await glance()).policy, "enforced");
    upload(3, 10, 12, [testEvent(10, "enforcement", '"armed":false,"reason":"x"'), ""].join("\n"));
    assert.deepEqual(await glance(), {
      log: "pieces",
      policy: "unenforced",
      findings: undefined,
      denied: undefined,
      broken: false,
    });
    upload(4, 13, 14, testEvent(13));
    assert.equal((await glance()).policy, "unenforced", "a piece that says nothing changes nothing");
  });

  it("reads the newest piece of a long session, whose first ones are pages away", async () => {
    const beat = (seq: number, armed: string): string =>
      [testEvent(seq, "enforcement", `"armed":${armed},"reason":"x"`), ""].join("\n");
    upload(120, 1190, 1199, beat(1190, "true"));
    assert.equal((await glance()).policy, "enforced");
    upload(121, 1200, 1209, beat(1200, "false"));
    assert.equal((await glance()).policy, "unenforced");
  });

  it("does not ask again and again of a long session that enforces nothing", async () => {
    upload(120, 1190, 1199, testEvent(1190));
    assert.equal((await glance()).policy, undefined);
    upload(121, 1200, 1209, testEvent(1200));
    assert.equal((await glance()).policy, undefined);
    assert.equal(github.downloads.length, 1);
  });

  it("says that it is not known where the pieces can't be read", async () => {
    github.upload(segmentName({ key: testKey, number: 1, first: 1, last: 5 }), Buffer.from("no archive"));
    assert.deepEqual([(await glance()).log, (await glance()).policy], ["pieces", undefined]);
    github.expire(/segment/);
    assert.equal((await glance()).log, "expired");
    const gone = { code: "artifactGone", reason: "Gone.", action: "x", retry: false };
    github.upload(segmentName({ key: testKey, number: 2, first: 1, last: 5 }), gone);
    assert.equal((await glance()).policy, undefined);
    github.upload(logName(testKey), gone);
    assert.equal((await glance()).log, "whole");
  });
});
