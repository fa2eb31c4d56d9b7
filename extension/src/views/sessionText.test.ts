import assert from "node:assert/strict";
import fc from "fast-check";
import { gitHubCommands } from "../ids.ts";
import { notThere, rateLimited, signedOut, ssoAsked, tokenRefused } from "../github/failures.ts";
import type { Job, JobStep, Pull, WorkflowRun } from "../github/model.ts";
import type { PullEntry, SessionEntry, Watched } from "../pullRequests/watched.ts";
import { failuresOf, hintsOf } from "./sessionNotices.ts";
import { welcomeOf } from "../pullRequests/welcome.ts";
import * as text from "./sessionText.ts";

const START = new Date(2026, 5, 26, 12, 24).getTime();
const MINUTE = 60_000;

const pull: Pull = {
  owner: "octo-org",
  name: "receipt-ocr",
  number: 7,
  id: 1,
  title: "[WIP] Read the amounts",
  body: "",
  url: "https://github.com/octo-org/receipt-ocr/pull/7",
  state: "open",
  draft: true,
  author: { login: "Copilot", id: 198_982_749 },
  head: { branch: "copilot/read", sha: "a".repeat(40), repository: undefined },
  base: { branch: "main", sha: "b".repeat(40) },
  createdAt: START,
  updatedAt: START,
};

const run: WorkflowRun = {
  owner: "octo-org",
  name: "receipt-ocr",
  id: 26_705_165_931,
  attempt: 1,
  workflow: "Running Copilot cloud agent",
  title: "Running Copilot cloud agent",
  path: "dynamic/copilot-swe-agent/copilot",
  event: "dynamic",
  status: "in_progress",
  conclusion: undefined,
  branch: "copilot/read",
  headSha: "b".repeat(40),
  headRepositoryId: 1,
  actor: { login: "Copilot", id: 198_982_749 },
  url: "https://github.com/octo-org/receipt-ocr/actions/runs/26705165931",
  createdAt: START,
  startedAt: START,
  updatedAt: START + 5 * MINUTE,
};

const step = (number: number, more: Partial<JobStep>): JobStep => ({
  number,
  name: `Step ${number}`,
  status: "completed",
  conclusion: "success",
  startedAt: START,
  completedAt: START + 4000,
  ...more,
});

const job: Job = {
  id: 2,
  runId: run.id,
  attempt: 1,
  name: "copilot",
  status: "in_progress",
  conclusion: undefined,
  url: "",
  startedAt: START + 4000,
  completedAt: undefined,
  runner: "GitHub Actions 7",
  labels: [],
  steps: [step(1, {}), step(2, { name: "Processing Request (Linux)", status: "in_progress", conclusion: undefined })],
};

const live: SessionEntry = { run, job };
const ended = (conclusion: string): SessionEntry => ({
  run: { ...run, status: "completed", conclusion },
  job: { ...job, status: "completed", conclusion, completedAt: START + 64_000 },
});
const entry = (sessions: SessionEntry[], more: Partial<PullEntry> = {}): PullEntry => ({
  pull,
  isAdded: false,
  isCheckedOut: false,
  sessions,
  ...more,
});
const log = { state: "live", policy: "", findings: 0, note: "" };
const now = START + 3 * MINUTE;

describe("the words of the Sessions view", () => {
  it("say how long something takes", () => {
    assert.equal(text.duration(-5000), "0 s");
    assert.equal(text.duration(99_000), "99 s");
    assert.equal(text.duration(100_000), "1 min");
    assert.equal(text.duration(3_900_000), "1 h 05 min");
  });

  it("tell of a pull request, its state and its live session", () => {
    assert.equal(text.pullLabel(pull), "Read the amounts");
    assert.equal(
      text.pullDescription(entry([live], { isCheckedOut: true })),
      "#7 · live · Processing Request (Linux) · checked out",
    );
    assert.equal(text.pullDescription(entry([ended("success")])), "#7 · draft");
    assert.equal(text.pullDescription(entry([], { pull: { ...pull, draft: false } })), "#7");
    assert.equal(text.pullDescription(entry([], { pull: { ...pull, state: "merged" } })), "#7 · merged");
    assert.equal(text.pullIcon(entry([live])), "pulse");
    assert.equal(text.pullIcon(entry([])), "git-pull-request-draft");
    assert.equal(text.pullLabel({ ...pull, title: "" }), "(no title)");
  });

  it("tell of a session: state, step, time, policy and findings", () => {
    assert.equal(text.sessionLabel(live, now), "Session 12:24");
    assert.equal(text.sessionLabel(live, now + 86_400_000), "Session 26 Jun, 12:24");
    assert.equal(text.sessionLabel({ run: { ...run, attempt: 2 }, job }, now), "Session 12:24, attempt 2");
    assert.equal(
      text.sessionDescription(live, undefined, now),
      "live · Processing Request (Linux) · 2 min · log not opened",
    );
    assert.equal(
      text.sessionDescription(live, { ...log, policy: "policy enforced", findings: 2 }, now),
      "live · Processing Request (Linux) · 2 min · policy enforced · 2 findings",
    );
    assert.equal(
      text.sessionDescription(live, { ...log, policy: "policy not enforced" }, now).endsWith("policy not enforced"),
      true,
    );
    assert.equal(
      text.sessionDescription({ run: { ...run, status: "queued" }, job: undefined }, undefined, now),
      "queued · log not opened",
    );
    assert.equal(text.sessionDescription({ run, job: undefined }, undefined, now), "live · 3 min · log not opened");
  });

  it("say where a session can be connected to directly", () => {
    const own = { run, job: { ...job, runner: "arc-runner-7" } };
    assert.match(text.sessionTooltip(own, undefined, now), /Runner: arc-runner-7\nIt is not GitHub's own/);
    assert.doesNotMatch(text.sessionTooltip(live, undefined, now), /not GitHub's own/);
    const over = { ...ended("success"), job: own.job };
    assert.doesNotMatch(text.sessionTooltip(over, undefined, now), /not GitHub's own/);
  });

  it("tell how a session has ended", () => {
    for (const [conclusion, word, icon] of [
      ["success", "done", "pass"],
      ["failure", "failed", "error"],
      ["cancelled", "cancelled", "circle-slash"],
      ["timed_out", "timed out", "error"],
      ["action_required", "waits for approval", "warning"],
      ["some_new_word", "some new word", "error"],
    ] as const) {
      assert.equal(text.sessionDescription(ended(conclusion), undefined, now), `${word} · 60 s · log not opened`);
      assert.equal(text.sessionIcon(ended(conclusion)), icon);
    }
  });

  it("tell of the rate limit when little of it is left", () => {
    assert.equal(text.rateText({ limit: 5000, remaining: 4000, resetsAt: START }), "");
    assert.equal(
      text.rateText({ limit: 15_000, remaining: 1200, resetsAt: START }),
      "1,200 of 15,000 requests left until 12:24",
    );
  });

  it("tell of steps", () => {
    assert.equal(text.stepDescription(step(1, {}), now), "4 s");
    assert.equal(text.stepDescription(step(1, { conclusion: "skipped" }), now), "skipped");
    assert.equal(text.stepDescription(step(1, { conclusion: "failure" }), now), "failed · 4 s");
    assert.equal(
      text.stepDescription(step(1, { status: "pending", startedAt: undefined, completedAt: undefined }), now),
      "",
    );
    assert.equal(text.stepLabel(step(3, { name: "" })), "Step 3");
  });

  it("say of steps in words what their icons show", () => {
    const named = { name: "npm ci" };
    assert.equal(text.stepSpoken(step(1, named), now), "npm ci, done, 4 s");
    assert.equal(text.stepSpoken(step(1, { ...named, conclusion: "failure" }), now), "npm ci, failed, 4 s");
    assert.equal(text.stepSpoken(step(1, { ...named, conclusion: "skipped" }), now), "npm ci, skipped");
    const open = { ...named, conclusion: undefined, completedAt: undefined };
    assert.match(text.stepSpoken(step(1, { ...open, status: "in_progress" }), now), /^npm ci, live, \d+ \w+/);
    assert.equal(text.stepSpoken(step(1, { ...open, startedAt: undefined, status: "pending" }), now), "npm ci, queued");
  });

  it("show nothing of what others wrote but visible characters on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (hostile) => {
        const hostilePull = { ...pull, title: hostile, head: { ...pull.head, branch: hostile } };
        const steps = [step(1, { name: hostile, status: "in_progress" })];
        const session = { run: { ...run, title: hostile }, job: { ...job, runner: hostile, steps } };
        const one = entry([session], { pull: hostilePull });
        const lines = [
          text.pullLabel(hostilePull),
          text.pullDescription(one),
          ...text.pullTooltip(one).split("\n"),
          text.sessionDescription(session, undefined, now),
          ...text.sessionTooltip(session, undefined, now).split("\n"),
          text.stepLabel(steps[0]!),
          text.stepSpoken(steps[0]!, now),
        ];
        for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });
});

describe("the rate limit", () => {
  const rate = { limit: 5000, remaining: 4812, resetsAt: START };

  it("can always be read, with what this window has used of it", () => {
    assert.equal(
      text.rateSentence("https://github.com", rate, 188, 0),
      "4,812 of 5,000 requests to https://github.com are left until 12:24. This window has used 188 requests in the last hour.",
    );
    assert.match(text.rateSentence("https://github.com", rate, 1, 60_000), /left alone for 60 s: until then nothing/);
    assert.match(text.rateSentence("https://ghe.example", undefined, 0, 0), /^https:\/\/ghe.example tells of no rate/);
  });
});

describe("the welcome of the Sessions view", () => {
  const name = { owner: "octo-org", name: "receipt-ocr" };
  const repository = { name, hasMonitor: true, failure: undefined, missing: [] };
  const watched: Watched = { pulls: [], repositories: [repository], failure: undefined, isKnown: true };

  it("says what is missing, and offers the monitor step also where there is no pull request", () => {
    assert.equal(welcomeOf(watched), "noPull");
    assert.equal(welcomeOf({ ...watched, repositories: [{ ...repository, hasMonitor: undefined }] }), "noPull");
    const bare = { ...repository, hasMonitor: false };
    assert.equal(welcomeOf({ ...watched, repositories: [repository, bare] }), "noMonitor");
    assert.equal(welcomeOf({ ...watched, repositories: [] }), "noRepository");
    assert.equal(welcomeOf({ ...watched, failure: signedOut("https://github.com") }), "signedOut");
  });

  it("is none while nothing is known, and where there are rows", () => {
    assert.equal(welcomeOf({ ...watched, isKnown: false }), "");
    assert.equal(welcomeOf({ ...watched, failure: rateLimited(START) }), "");
    assert.equal(welcomeOf({ ...watched, repositories: [{ ...repository, failure: notThere("x") }] }), "");
    const missing = [{ name: { ...name, number: 9 }, failure: notThere("x") }];
    assert.equal(welcomeOf({ ...watched, repositories: [{ ...repository, missing }] }), "");
    assert.equal(welcomeOf({ ...watched, pulls: [{ pull, isAdded: false, isCheckedOut: false, sessions: [] }] }), "");
  });
});

describe("notices of the Sessions view", () => {
  const repository = {
    name: { owner: "octo-org", name: "receipt-ocr" },
    hasMonitor: false,
    failure: undefined,
    missing: [],
  };
  const watched: Watched = { pulls: [entry([live])], repositories: [repository], failure: undefined, isKnown: true };

  it("say what failed, each with the next step", () => {
    assert.deepEqual(failuresOf(watched), []);
    assert.deepEqual(failuresOf({ ...watched, failure: signedOut("https://github.com") }), []);
    const [refused] = failuresOf({ ...watched, failure: tokenRefused("https://github.com") });
    assert.equal(refused?.command?.id, gitHubCommands.signIn);
    const [limited] = failuresOf({ ...watched, failure: rateLimited(START) });
    assert.deepEqual([limited?.icon, limited?.command?.id], ["clock", gitHubCommands.refreshSessions]);
    const link = "https://github.com/orgs/octo-org/sso?authorization_request=AB";
    const [sso] = failuresOf({
      ...watched,
      repositories: [{ ...repository, failure: ssoAsked("https://github.com", link) }],
    });
    assert.deepEqual(sso?.command?.arguments, [link]);
    const gone = { ...repository, failure: notThere("workflow runs of octo-org/receipt-ocr") };
    assert.match(failuresOf({ ...watched, repositories: [gone] })[0]?.label ?? "", /octo-org\/receipt-ocr/);
  });

  it("offer the monitor step where there is none, below the pull requests", () => {
    const [hint] = hintsOf(watched);
    assert.equal(hint?.command?.id, gitHubCommands.addMonitorStep);
    assert.deepEqual(hintsOf({ ...watched, pulls: [] }), []);
    assert.deepEqual(hintsOf({ ...watched, repositories: [{ ...repository, hasMonitor: undefined }] }), []);
  });
});
