import assert from "node:assert/strict";
import fc from "fast-check";
import { pullOfArgument } from "../gitHubCommands/pullOfArgument.ts";
import { dotCom } from "../github/site.ts";
import type { Pull, WorkflowRun } from "../github/model.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { readGitFacts } from "./gitConfig.ts";
import { hasMonitorStep } from "./monitorStep.ts";
import { failureDelay, stretch } from "./pollPlan.ts";
import { offeredOfSession, runOfSession } from "./runOfSession.ts";
import { sessionRowId } from "./watched.ts";

describe("what a repository's own files say", () => {
  const config = `[core]
\tbare = false
[remote "upstream"]
\turl = https://github.com/octo-org/receipt-ocr.git
[remote "origin"]
\turl = git@github.com:alice/receipt-ocr.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "pr/copilot/7"]
\tremote = upstream
\tgithub-pr-owner-number = "octo-org#receipt-ocr#7"
`;

  it("are its remotes, its branch and the pull request that this is of", () => {
    assert.deepEqual(readGitFacts(config, "ref: refs/heads/pr/copilot/7\n"), {
      remotes: ["git@github.com:alice/receipt-ocr.git", "https://github.com/octo-org/receipt-ocr.git"],
      branch: "pr/copilot/7",
      pullOfBranch: "octo-org#receipt-ocr#7",
    });
    assert.deepEqual(readGitFacts(config, `${"a".repeat(40)}\n`).branch, undefined);
    assert.deepEqual(readGitFacts("", ""), { remotes: [], branch: undefined, pullOfBranch: undefined });
  });

  it("never make it throw", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (one, other) => void readGitFacts(`[remote "x"]\n${one}`, other)));
  });
});

describe("the monitor step", () => {
  it("is found by the Action or the command", () => {
    for (const step of [
      "- uses: runglass/runglass/collector@0123456789012345678901234567890123456789 # v0.1.0",
      '  - uses: "runglass/runglass@v1"',
      "- uses: ./collector",
      "- run: sudo node dist/runglass.js collect --listen 127.0.0.1:4711 &",
    ]) {
      assert.equal(hasMonitorStep(`jobs:\n  copilot-setup-steps:\n    steps:\n      ${step}\n`), true, step);
    }
    for (const step of [
      "- uses: actions/checkout@v5",
      "- run: npm ci # not runglass collect",
      "# uses: runglass/runglass@v1",
    ]) {
      assert.equal(hasMonitorStep(`jobs:\n  copilot-setup-steps:\n    steps:\n      ${step}\n`), false, step);
    }
  });
});

describe("the plan of polling", () => {
  it("stretches when much was paid for", () => {
    assert.deepEqual([0, 599, 600, 799, 800, 919, 920, 5000].map(stretch), [1, 1, 3, 3, 15, 15, 60, 60]);
    assert.deepEqual([1, 2, 6, 7, 100].map(failureDelay), [10_000, 20_000, 300_000, 300_000, 300_000]);
  });
});

describe("the pull request that a command is called for", () => {
  const name = { owner: "octo-org", name: "receipt-ocr", number: 7 };

  it("is that of a row of ours, of a row or page of the GitHub Pull Requests extension, or of an address", () => {
    for (const argument of [
      { kind: "pull", pull: { pull: { ...name, title: "x" }, sessions: [] } },
      { kind: "session", pull: { pull: name }, session: {} },
      name,
      { pullRequestModel: { number: 7, remote: { owner: "octo-org", repositoryName: "receipt-ocr" } } },
      { pullRequest: { number: 7, remote: { owner: "octo-org", repositoryName: "receipt-ocr" } }, fileName: "a.ts" },
      { owner: "octo-org", repo: "receipt-ocr", number: 7, preventDefaultContextMenuItems: true },
      "https://github.com/octo-org/receipt-ocr/pull/7",
    ]) {
      assert.deepEqual(pullOfArgument(argument, dotCom), name, JSON.stringify(argument));
    }
  });

  it("is none where the argument is anything else", () => {
    const wrong = [
      undefined,
      null,
      7,
      "",
      [],
      { owner: "../x", repo: "y", number: 1 },
      { ...name, number: "7" },
      { pullRequestModel: {} },
    ];
    for (const argument of wrong) assert.equal(pullOfArgument(argument, dotCom), undefined);
    fc.assert(fc.property(fc.anything(), (argument) => void pullOfArgument(argument, dotCom)));
  });
});

describe("the run of a session", () => {
  const session = { owner: "Octo-Org", name: "receipt-ocr", id: 42, attempt: 2 } as WorkflowRun;
  const run = (job: object | undefined, kind = "ended"): RunSession =>
    ({ state: { kind }, summary: { job } }) as unknown as RunSession;

  it("is the one whose log says so, rather one that still grows", () => {
    const right = run({ id: "42", attempt: 2, repository: "octo-org/receipt-ocr" });
    const growing = run({ id: "42", attempt: 2 }, "live");
    assert.equal(runOfSession([run(undefined), run({ id: "41", attempt: 2 }), right], session), right);
    assert.equal(runOfSession([growing, right], session), growing);
    const hosted = { ...growing, kind: "hosted" } as unknown as RunSession;
    assert.equal(runOfSession([hosted, growing], session), growing, "the collector itself is nearer");
    assert.equal(runOfSession([hosted, right], session), hosted);
  });

  it("is what a collector offers under its id, and of its attempt where the collector says which", () => {
    const [first, second] = [1, 2].map((attempt) => ({ id: "42", title: "x", ended: false, attempt }));
    assert.ok(first !== undefined && second !== undefined);
    const { attempt: _attempt, ...unknown } = first;
    assert.equal(offeredOfSession([{ ...second, id: "41" }, first, second], session), second);
    assert.equal(offeredOfSession([unknown], session), unknown);
    assert.equal(offeredOfSession([first], session), undefined);
  });

  it("is none of another attempt or repository", () => {
    const others = [run({ id: "42" }), run({ id: "42", attempt: 2, repository: "mallory/receipt-ocr" })];
    assert.equal(runOfSession(others, session), undefined);
  });
});

describe("the row of a session", () => {
  it("is another one below each pull request of its branch", () => {
    const session = { run: { owner: "Octo-Org", name: "receipt-ocr", id: 42, attempt: 2 } as WorkflowRun };
    const rows = [7, 8].map((number) =>
      sessionRowId({ pull: { owner: "octo-org", name: "receipt-ocr", number } as Pull }, session),
    );
    assert.equal(new Set(rows).size, 2);
  });
});
