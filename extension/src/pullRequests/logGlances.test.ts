import assert from "node:assert/strict";
import { addSession, endSession } from "../../test/github/copilotPull.ts";
import { startTestGitHub, START, type TestGitHub } from "../../test/github/testGitHub.ts";
import { UserError } from "../errors.ts";
import { gitHubTlsRefused, gitHubUnreachable, tokenRefused } from "../github/failures.ts";
import type { SessionGlance } from "../hosted/sessionGlance.ts";
import { PullWatcher } from "./pullWatcher.ts";

const { signal } = new AbortController();
const name = { owner: "octo-org", name: "receipt-ocr" };

describe("watching pull requests asks what logs say that are not open", () => {
  let test: TestGitHub;
  let watcher: PullWatcher;
  let asked: number[];
  let opened: Set<number>;
  const whole: SessionGlance = { log: "whole", policy: "enforced", findings: 1, denied: 0, broken: false };
  const nothing: SessionGlance = { ...whole, log: "none", policy: undefined, findings: undefined, denied: undefined };
  let answer: SessionGlance | UserError;

  beforeEach(async () => {
    test = await startTestGitHub();
    [asked, opened, answer] = [[], new Set(), nothing];
    const { client, clock } = test;
    watcher = new PullWatcher({
      client: async () => client,
      wishes: () => ({ repositories: [{ name, branch: undefined, pull: undefined }], added: [] }),
      now: () => clock.now,
      glance: async (_client, { id }) => {
        asked.push(id);
        if (answer instanceof UserError) throw answer;
        return answer;
      },
      isOpen: ({ id }) => opened.has(id),
    });
  });

  afterEach(() => test.fake.close());

  const see = (): boolean => watcher.see({ ...name, number: 7 });
  const glance = (): SessionGlance | undefined => watcher.watched.pulls[0]?.sessions[0]?.glance;

  /** Lets time pass as the loop does. */
  const pass = async (ms: number): Promise<void> => {
    const end = test.clock.now + ms;
    while (test.clock.now < end) test.clock.now = Math.min(end, test.clock.now + (await watcher.poll(signal)));
    await watcher.poll(signal);
  };

  it("once somebody sees the session, a minute apart while it goes on, and not of one that is open", async () => {
    await pass(120_000);
    assert.deepEqual(asked, []);
    assert.equal(see(), true);
    assert.equal(see(), false);
    await pass(300_000);
    assert.ok(asked.length >= 5 && asked.length <= 7, String(asked.length));
    assert.equal(glance(), nothing);
    opened.add(test.run.id);
    const before = asked.length;
    await pass(300_000);
    assert.equal(asked.length, before);
  });

  it("and shows the sessions also where what they have uploaded can't be had", async () => {
    const web = "https://github.com";
    await watcher.poll(signal);
    see();
    for (const failure of [gitHubTlsRefused(web, "a proxy's"), gitHubUnreachable(web, "ECONNREFUSED")]) {
      answer = new UserError(failure);
      watcher.refresh();
      const before = asked.length;
      await pass(500_000);
      assert.equal(asked.length - before, 1, "it is left alone for a while");
      assert.equal(watcher.watched.failure, undefined);
      assert.equal(watcher.watched.repositories[0]?.failure, undefined);
    }
    answer = whole;
    await pass(600_000);
    assert.equal(glance(), whole);
    answer = new UserError(tokenRefused(web));
    addSession(test.repository, test.pull, { id: 4711, at: test.clock.now });
    watcher.refresh();
    await watcher.poll(signal);
    assert.equal(watcher.watched.failure?.code, "tokenRefused");
  });

  it("of a session that has ended until its log is there, and not for ever", async () => {
    await watcher.poll(signal);
    see();
    endSession(test.run, test.clock.now);
    await pass(60_000);
    answer = whole;
    await pass(120_000);
    assert.equal(glance(), whole);
    const before = asked.length;
    await pass(600_000);
    assert.equal(asked.length, before);
    const old = addSession(test.repository, test.pull, { id: 4711, at: START - 900_000 });
    endSession(old, START - 800_000);
    answer = nothing;
    await pass(600_000);
    assert.deepEqual(asked.slice(before), [4711], "an old one has no log, and will have none");
  });
});
