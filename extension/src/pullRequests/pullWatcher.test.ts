import assert from "node:assert/strict";
import {
  addCopilotPull,
  addOtherRun,
  addSession,
  beginStep,
  endSession,
  fakeRepository,
} from "../../test/github/copilotPull.ts";
import { ALICE } from "../../test/github/state.ts";
import { clientOf, startTestGitHub, START, type TestGitHub } from "../../test/github/testGitHub.ts";
import { UserError } from "../errors.ts";
import { signedOut, siteRefused } from "../github/failures.ts";
import type { PullName } from "../github/model.ts";
import { presentStep } from "./agentRuns.ts";
import { PullWatcher } from "./pullWatcher.ts";
import type { OpenRepository, PullEntry, Wishes } from "./watched.ts";

const { signal } = new AbortController();
const open: OpenRepository = { name: { owner: "octo-org", name: "receipt-ocr" }, branch: undefined, pull: undefined };

describe("watching pull requests", () => {
  let test: TestGitHub;
  let wishes: Wishes;
  let watcher: PullWatcher;

  beforeEach(async () => {
    test = await startTestGitHub();
    wishes = { repositories: [open], added: [] };
    const { client, clock } = test;
    watcher = new PullWatcher({ client: async () => client, wishes: () => wishes, now: () => clock.now });
  });

  afterEach(() => test.fake.close());

  const poll = (): Promise<number> => watcher.poll(signal);
  const numbers = (): number[] => watcher.watched.pulls.map(({ pull }) => pull.number);
  const first = (): PullEntry => watcher.watched.pulls[0]!;

  /** Lets time pass as the loop does, until `ms` have passed. */
  const pass = async (ms: number, meanwhile: () => void = () => undefined): Promise<void> => {
    const end = test.clock.now + ms;
    while (test.clock.now < end) {
      const wait = await poll();
      test.clock.now = Math.min(end, test.clock.now + wait);
      meanwhile();
    }
    await poll();
  };

  it("finds Copilot's pull requests and their sessions, by path and account, with the step they are in", async () => {
    const { repository, pull, run } = test;
    addOtherRun(repository, pull, 26_705_165_940, START);
    // Of the same name as a session, but started by somebody's own workflow.
    addOtherRun(repository, pull, 26_705_165_941, START).event = "dynamic";
    beginStep(run, 6, START + 60_000);
    await poll();
    assert.deepEqual(numbers(), [7]);
    assert.deepEqual(
      first().sessions.map((session) => session.run.id),
      [run.id],
    );
    assert.equal(presentStep(first().sessions[0]!.job!)?.name, "Processing Request (Linux)");
    assert.equal(watcher.watched.isKnown, true);
    assert.equal(watcher.watched.failure, undefined);
  });

  it("shows a person's pull request only when Copilot works on it", async () => {
    const { repository } = test;
    const common = { files: [], at: START };
    addCopilotPull(repository, { ...common, number: 8, title: "Mine", branch: "mine" }).author = ALICE;
    await poll();
    assert.deepEqual(numbers(), [7]);
    const asked = addCopilotPull(repository, { ...common, number: 9, title: "Also mine", branch: "also-mine" });
    asked.author = ALICE;
    addSession(repository, asked, { id: 26_705_165_999, at: START + 1000 });
    await pass(60_000);
    assert.deepEqual(numbers().toSorted(), [7, 9]);
  });

  it("takes no session of a fork's branch of the same name", async () => {
    const { repository, pull } = test;
    addSession(repository, pull, { id: 26_705_165_990, at: START }).headRepository = "mallory/receipt-ocr";
    await poll();
    assert.equal(first().sessions.length, 1);
  });

  it("keeps two sessions of one pull request apart, the newest first, and tells their ends", async () => {
    const { repository, pull, run } = test;
    const second = addSession(repository, pull, { id: run.id + 1, at: START + 30_000 });
    await pass(60_000);
    assert.deepEqual(
      first().sessions.map(({ run: { id, status } }) => [id, status]),
      [
        [second.id, "in_progress"],
        [run.id, "in_progress"],
      ],
    );
    endSession(run, test.clock.now, "cancelled");
    await pass(30_000);
    const ended = first().sessions[1]!;
    assert.deepEqual([ended.run.conclusion, ended.job?.conclusion], ["cancelled", "cancelled"]);
  });

  it("tells the end of a session as soon as its job's is known", async () => {
    await pass(16_000);
    endSession(test.run, test.clock.now);
    await pass(8000);
    assert.equal(first().sessions[0]!.run.status, "completed");
  });

  it("keeps the sessions of a branch whose commits were taken away by a force-push or a rebase", async () => {
    const { pull, run } = test;
    await poll();
    const rewritten = "f".repeat(40);
    Object.assign(pull, { commits: [{ ...pull.commits[0]!, sha: rewritten }], updatedAt: START + 1000 });
    Object.assign(pull.head, { sha: rewritten });
    run.headSha = "e".repeat(40);
    await pass(60_000);
    assert.equal(first().pull.head.sha, rewritten);
    assert.deepEqual(
      first().sessions.map((session) => session.run.id),
      [run.id],
    );
  });

  it("shows a run that was started again as a session of its own attempt", async () => {
    const { run } = test;
    endSession(run, START + 10_000, "failure");
    await poll();
    Object.assign(run, { attempt: 2, status: "in_progress", startedAt: START + 60_000 });
    delete run.conclusion;
    run.jobs.push({ ...run.jobs[0]!, id: 5, attempt: 2, status: "in_progress", startedAt: START + 61_000 });
    await pass(120_000);
    const [session] = first().sessions;
    assert.deepEqual([session!.run.attempt, session!.job?.id], [2, 5]);
  });

  it("asks for the steps of an ended session only when somebody looks, and once", async () => {
    endSession(test.run, START + 10_000);
    await poll();
    const jobs = (): number => test.fake.requests.filter(({ path }) => path.includes("/jobs")).length;
    assert.equal(jobs(), 0);
    assert.equal(watcher.look(first().sessions[0]!.run), true);
    assert.equal(watcher.look(first().sessions[0]!.run), false, "is asked for already");
    await pass(60_000);
    assert.equal(jobs(), 1);
    assert.equal(first().sessions[0]!.job?.steps.length, 8);
    assert.equal(watcher.look(first().sessions[0]!.run), false);
  });

  it("marks the pull request whose branch is checked out, by its name or by what is noted of it", async () => {
    const { repository } = test;
    addCopilotPull(repository, { number: 8, title: "Other", branch: "copilot/other", files: [], at: START });
    wishes = { ...wishes, repositories: [{ ...open, branch: "copilot/other" }] };
    await poll();
    const checkedOut = (): number[] =>
      watcher.watched.pulls.filter(({ isCheckedOut }) => isCheckedOut).map(({ pull }) => pull.number);
    assert.deepEqual(checkedOut(), [8]);
    wishes = { ...wishes, repositories: [{ ...open, branch: "local-name", pull: 7 }] };
    await poll();
    assert.deepEqual(checkedOut(), [7]);
  });

  it("watches a pull request that was added, in a repository that is not open, also when it is closed", async () => {
    const other = fakeRepository("octo-org", "elsewhere");
    const pull = addCopilotPull(other, { number: 3, title: "Far", branch: "copilot/far", files: [], at: START });
    pull.state = "closed";
    addSession(other, pull, { id: 4711, at: START });
    addCopilotPull(other, { number: 4, title: "Not asked for", branch: "copilot/no", files: [], at: START });
    test.fake.state.repositories.push(other);
    const added: PullName = { owner: "octo-org", name: "elsewhere", number: 3 };
    wishes = { ...wishes, added: [added] };
    await poll();
    assert.deepEqual(numbers().toSorted(), [3, 7]);
    const entry = watcher.watched.pulls.find(({ isAdded }) => isAdded);
    assert.deepEqual([entry?.pull.state, entry?.sessions.length], ["closed", 1]);
    wishes = { ...wishes, added: [] };
    await poll();
    assert.deepEqual(numbers(), [7]);
  });

  it("shows the others where one that was added is gone, and says which", async () => {
    const { fake, clock } = test;
    wishes = { ...wishes, added: [404, 7].map((number) => ({ ...open.name, number })) };
    await poll();
    const [repository] = watcher.watched.repositories;
    assert.equal(repository?.failure, undefined);
    assert.deepEqual(
      repository?.missing.map(({ name, failure }) => [name.number, failure.code]),
      [[404, "notThere"]],
    );
    assert.deepEqual(numbers(), [7]);
    assert.equal(first().sessions.length, 1);
    assert.equal(watcher.watched.isKnown, true);
    const asked = (): number => fake.requests.filter(({ path }) => path.endsWith("/pulls/404")).length;
    await pass(300_000);
    assert.equal(asked(), 1, "it is not asked for all the time");
    // It was only hidden.
    addCopilotPull(test.repository, { number: 404, title: "Here", branch: "copilot/here", files: [], at: clock.now });
    watcher.refresh();
    await poll();
    assert.deepEqual(numbers().toSorted(), [404, 7]);
    assert.deepEqual(watcher.watched.repositories[0]?.missing, []);
  });

  it("shows sessions also to a token that may not read files", async () => {
    test.fake.state.faults.push({ matches: /contents/, status: 403, body: { message: "Resource not accessible" } });
    await poll();
    assert.deepEqual(numbers(), [7]);
    assert.deepEqual(
      watcher.watched.repositories.map(({ hasMonitor, failure }) => [hasMonitor, failure]),
      [[undefined, undefined]],
    );
  });

  it("says whether the setup steps have a monitor", async () => {
    await poll();
    assert.equal(watcher.watched.repositories[0]?.hasMonitor, false);
    const text = "jobs:\n  copilot-setup-steps:\n    steps:\n      - uses: runglass/runglass/collector@v0.1.0\n";
    test.repository.contents["main"] = { ".github/workflows/copilot-setup-steps.yml": text };
    watcher.refresh();
    await poll();
    assert.equal(watcher.watched.repositories[0]?.hasMonitor, true);
    // There is no file here that the step could be added to.
    wishes = { repositories: [], added: [{ ...open.name, number: 7 }] };
    await poll();
    assert.deepEqual(numbers(), [7]);
    assert.equal(watcher.watched.repositories[0]?.hasMonitor, undefined);
  });

  it("pays for fewer than 1,000 answers in an hour of one session, even if all changes all the time", async () => {
    const { run, pull, fake, clock } = test;
    const minutes = 10;
    let round = 0;
    await pass(minutes * 60_000, () => {
      round += 1;
      pull.updatedAt = clock.now;
      run.updatedAt = clock.now;
      run.jobs[0]!.steps.push({ number: 100 + round, name: `Step ${round}`, status: "pending" });
      if (run.jobs[0]!.steps.length > 50) run.jobs[0]!.steps.splice(10, 1);
    });
    const billed = fake.requests.filter((request) => request.billed).length;
    assert.ok(billed > 100, `only ${billed}: nothing was watched`);
    assert.ok((billed * 60) / minutes < 1000, `${billed} in ${minutes} minutes`);
  });

  it("pays next to nothing while nothing changes, and asks seldom when no session goes on", async () => {
    const { fake, run } = test;
    await pass(300_000);
    // The steps and runs were asked for all the time.
    assert.ok(fake.requests.length > 50);
    assert.ok(fake.requests.filter(({ billed }) => billed).length <= 5);
    endSession(run, test.clock.now);
    await pass(60_000);
    const before = fake.requests.length;
    await pass(600_000);
    assert.ok(fake.requests.length - before <= 21, String(fake.requests.length - before));
  });

  it("waits as long as GitHub asks, shows what it knew, and goes on by itself", async () => {
    const { fake, clock } = test;
    await poll();
    fake.state.rate.remaining = 0;
    fake.state.rate.resetsAt = clock.now + 1_200_000;
    clock.now += 61_000;
    const wait = await poll();
    assert.equal(watcher.watched.failure?.code, "rateLimited");
    assert.equal(wait, 1_200_000 - 61_000);
    assert.deepEqual(numbers(), [7]);
    const asked = fake.requests.length;
    clock.now += 1000;
    await poll();
    assert.equal(fake.requests.length, asked);
    clock.now += wait;
    await poll();
    assert.equal(watcher.watched.failure, undefined);
  });

  it("tries a server in trouble again after longer and longer waits", async () => {
    const { fake, clock } = test;
    fake.state.faults.push({ matches: /./, status: 500 });
    const waits: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      const wait = await poll();
      waits.push(wait);
      clock.now += wait;
    }
    assert.deepEqual(waits, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
    fake.state.faults.length = 0;
    await poll();
    assert.equal(watcher.watched.failure, undefined);
    assert.deepEqual(numbers(), [7]);
  });

  it("tells of a repository that may not be seen, and goes on with the others", async () => {
    const hidden: OpenRepository = { ...open, name: { owner: "octo-org", name: "hidden" } };
    wishes = { ...wishes, repositories: [hidden, open] };
    await poll();
    assert.deepEqual(numbers(), [7]);
    const { failure, repositories } = watcher.watched;
    assert.equal(failure, undefined);
    assert.deepEqual(
      repositories.map((repository) => repository.failure?.code),
      ["notThere", undefined],
    );
  });

  it("asks nothing more when only the user can help, until it is told to", async () => {
    let signedIn = false;
    const client = test.client;
    watcher = new PullWatcher({
      client: async () => {
        if (!signedIn) throw new UserError(signedOut(client.site.web));
        return client;
      },
      wishes: () => wishes,
      now: () => test.clock.now,
    });
    assert.equal(await poll(), Number.POSITIVE_INFINITY);
    assert.equal(watcher.watched.failure?.code, "signedOut");
    signedIn = true;
    watcher.refresh();
    await poll();
    assert.deepEqual(numbers(), [7]);
  });

  it("shows nothing any more once nobody is signed in", async () => {
    let signedIn = true;
    const { client, clock } = test;
    watcher = new PullWatcher({
      client: async () => {
        if (!signedIn) throw new UserError(signedOut(client.site.web));
        return client;
      },
      wishes: () => wishes,
      now: () => clock.now,
    });
    await poll();
    assert.deepEqual(numbers(), [7]);
    signedIn = false;
    clock.now += 60_000;
    assert.equal(await poll(), Number.POSITIVE_INFINITY);
    assert.equal(watcher.watched.failure?.code, "signedOut");
    assert.deepEqual(numbers(), []);
    signedIn = true;
    watcher.refresh();
    await poll();
    assert.deepEqual(numbers(), [7]);
  });

  it("shows why it can't be known what to watch, until it is told to ask again", async () => {
    await poll();
    let told = 0;
    watcher.onChange(() => {
      told += 1;
    });
    watcher.refuse(siteRefused("It is no address."));
    const { failure, repositories } = watcher.watched;
    assert.deepEqual([told, failure?.code, repositories], [1, "siteRefused", []]);
    assert.equal(await poll(), Number.POSITIVE_INFINITY);
    watcher.refresh();
    await poll();
    assert.equal(watcher.watched.failure, undefined);
    assert.deepEqual(numbers(), [7]);
  });

  it("says that a token has expired in the middle", async () => {
    const { fake, clock } = test;
    await poll();
    fake.state.tokens = {};
    clock.now += 60_000;
    assert.equal(await poll(), Number.POSITIVE_INFINITY);
    assert.equal(watcher.watched.failure?.code, "tokenRefused");
    assert.deepEqual(numbers(), [7]);
    fake.state.tokens = { anew: ALICE };
    const client = clientOf(fake, "anew");
    watcher = new PullWatcher({ client: async () => client, wishes: () => wishes, now: () => clock.now });
    await poll();
    assert.deepEqual(numbers(), [7]);
  });

  it("asks nothing where there is nothing to watch", async () => {
    wishes = { repositories: [], added: [] };
    assert.equal(await poll(), Number.POSITIVE_INFINITY);
    assert.deepEqual(test.fake.requests, []);
  });
});
