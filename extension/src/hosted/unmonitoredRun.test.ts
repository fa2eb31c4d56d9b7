import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import { toolsOfJobLog } from "../../../collector/protocol/jobLog.ts";
import type { HostedJob, HostedStep } from "./hostedSource.ts";
import { TestGitHub } from "./testSource.ts";
import { unmonitoredLines, type UnmonitoredFacts } from "./unmonitoredRun.ts";

const T = Date.parse("2026-06-26T12:24:44Z");
const step = (number: number, name: string, from?: number, to?: number, conclusion?: string): HostedStep => ({
  number,
  name,
  status: to !== undefined ? "completed" : from !== undefined ? "in_progress" : "pending",
  conclusion: to === undefined ? undefined : (conclusion ?? "success"),
  startedAt: from === undefined ? undefined : T + from * 1000,
  completedAt: to === undefined ? undefined : T + to * 1000,
});
const job = (steps: readonly HostedStep[]): HostedJob => ({
  id: 79,
  attempt: 1,
  name: "copilot",
  status: "completed",
  conclusion: "success",
  startedAt: T,
  completedAt: T + 60_000,
  runner: "GitHub Actions 7",
  steps,
});
const log = `2026-06-26T12:24:53.6659363Z [cca-engine] Created new session df23daeb-385c-448c-8d5e-ecbf9a46cc25
2026-06-26T12:25:03.9778708Z [cca-engine] turn=2 tool.execution_start: bash — npm ci
2026-06-26T12:25:04.5176487Z [cca-engine] turn=2 tool.execution_complete: bash success=true
`;
const steps = [
  step(1, "Set up job", 0, 1),
  step(15, "Processing Request (Linux)", 2, 50, "failure"),
  step(16, "Processing Request (Windows)", 2, 2, "skipped"),
  step(17, "Clean Up (Linux)", 50, 52),
];
const facts = (more: Partial<UnmonitoredFacts> = {}): UnmonitoredFacts => ({
  repository: { owner: "o", name: "r" },
  runId: 7,
  run: { ...new TestGitHub().facts, startedAt: T },
  jobs: [job(steps)],
  tools: toolsOfJobLog(log),
  warnings: [
    {
      address: "https://pypi.org/simple/",
      host: "pypi.org",
      url: "https://pypi.org/simple/",
      at: "http",
      command: "pip install x",
    },
  ],
  wasMonitored: false,
  isOver: true,
  ...more,
});
/** The events, each decoded as the page does it. */
const eventsOf = (lines: string): Readonly<Record<string, unknown>>[] =>
  lines
    .split("\n")
    .slice(0, -1)
    .map((line, i) => {
      const decoded = decodeLine(line);
      assert.ok(decoded.ok, `${line}: ${decoded.ok ? "" : decoded.reason}`);
      assert.ok(!("unknown" in decoded.event));
      assert.equal(decoded.event.seq, i + 1);
      return decoded.event as unknown as Readonly<Record<string, unknown>>;
    });

describe("a session without a monitor", () => {
  it("says first that nobody watched, why, and what to do", () => {
    const events = eventsOf(unmonitoredLines(facts()));
    assert.equal(events[0]?.["type"], "run.start");
    assert.deepEqual(
      events.slice(1, 5).map(({ hook, state }) => [hook, state]),
      ["processes", "network", "requests", "files"].map((hook) => [hook, "unsupported"]),
    );
    assert.match(JSON.stringify(events[5]), /session\/unmonitored.*copilot-setup-steps\.yml/);
  });

  it("has steps, tool calls and what the firewall blocked, in the order of time", () => {
    const events = eventsOf(unmonitoredLines(facts())).slice(6);
    assert.deepEqual(
      events.map(({ type }) => type),
      [
        "step.start",
        "step.end",
        "step.start",
        "tool.start",
        "tool.end",
        "step.end",
        "step.start",
        "firewall",
        "step.end",
        "run.end",
      ],
    );
    const [, , working, call, ended, end] = events;
    assert.deepEqual(working?.["stepInfo"], { id: "15", number: 15, name: "Processing Request (Linux)" });
    assert.deepEqual(call?.["toolInfo"], {
      id: "call-1",
      name: "bash",
      turn: 2,
      input: "npm ci",
      sessionId: "df23daeb-385c-448c-8d5e-ecbf9a46cc25",
    });
    assert.equal(call?.["step"], "15");
    assert.equal(ended?.["ok"], true);
    assert.equal(end?.["conclusion"], "failure");
    const blocked = events.find(({ type }) => type === "firewall")?.["firewall"] as {
      names: string[];
      command: string;
    };
    assert.deepEqual([blocked.names, blocked.command], [["pypi.org"], "pip install x"]);
  });

  it("grows while the session goes on: later lines begin with earlier ones", () => {
    const live = (jobs: readonly HostedStep[]): string =>
      unmonitoredLines(facts({ jobs: [job(jobs)], tools: undefined, warnings: [], isOver: false }));
    const stages = [
      live([step(1, "Set up job", 0), step(15, "Processing Request (Linux)")]),
      live([step(1, "Set up job", 0, 1), step(15, "Processing Request (Linux)")]),
      live([step(1, "Set up job", 0, 1), step(15, "Processing Request (Linux)", 2)]),
      live([step(1, "Set up job", 0, 1), step(15, "Processing Request (Linux)", 2, 50)]),
    ];
    for (const [i, stage] of stages.entries()) {
      assert.ok(i === 0 || (stage.startsWith(stages[i - 1] ?? "") && stage !== stages[i - 1]), stage);
    }
  });

  it("says what of GitHub's own records is missing, and that a log was there once", () => {
    const text = unmonitoredLines(facts({ tools: undefined, warnings: undefined, wasMonitored: true }));
    const hooks = eventsOf(text).flatMap(({ type, hook }) => (type === "coverage" ? [hook] : []));
    assert.deepEqual(hooks.slice(4), ["tool calls", "agent firewall"]);
    assert.match(text, /has expired, was deleted, or never came/);
    assert.doesNotMatch(text, /Nobody watched/);
  });

  it("marks calls that a doubt is cast on, and says why", () => {
    const forged = `${log}2026-06-26T12:25:05.0000000Z [cca-engine] turn=1 tool.execution_start: bash — innocent\n`;
    const events = eventsOf(unmonitoredLines(facts({ tools: toolsOfJobLog(forged) })));
    assert.ok(events.some(({ type, senderGuess }) => type === "tool.start" && senderGuess === true));
    assert.match(
      JSON.stringify(events.find((event) => JSON.stringify(event).includes("forged-calls"))),
      /turn 1 comes behind turn 2/,
    );
  });

  it("is a run log whatever GitHub tells, of several jobs and of none, with hostile names", () => {
    const time = fc.option(fc.integer({ min: T - 1e9, max: T + 1e9 }), { nil: undefined });
    const anyStep = fc.record({
      number: fc.nat(1000),
      name: fc.string({ unit: "binary" }),
      status: fc.constantFrom("queued", "in_progress", "completed"),
      conclusion: fc.option(fc.string(), { nil: undefined }),
      startedAt: time,
      completedAt: time,
    });
    const anyJob = fc.array(anyStep, { maxLength: 8 }).map(job);
    fc.assert(
      fc.property(fc.array(anyJob, { maxLength: 3 }), fc.boolean(), (jobs, isOver) => {
        const events = eventsOf(unmonitoredLines(facts({ jobs, isOver })));
        const times = events.map(({ t }) => t as number);
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
        );
        assert.equal(events.at(-1)?.["type"] === "run.end", isOver);
      }),
      { numRuns: 50 },
    );
  });
});
