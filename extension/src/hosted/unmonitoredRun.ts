// A session that no collector has watched, as a run: what GitHub itself tells of it, in events of the run log, so that it is
// shown like any other; and first of all, that nobody watched, and what therefore cannot be seen. Pure.
import type { RunEvent } from "../../../collector/protocol/events.ts";
import type { FirewallWarning } from "../../../collector/protocol/firewallWarning.ts";
import type { JobLogTools, ToolWindow } from "../../../collector/protocol/jobLog.ts";
import type { HostedJob, HostedStep, RepositoryName, WorkflowRunFacts } from "./hostedSource.ts";

export interface UnmonitoredFacts {
  readonly repository: RepositoryName;
  readonly runId: number;
  readonly run: WorkflowRunFacts;
  readonly jobs: readonly HostedJob[];
  /** Of the agent's job; undefined where GitHub gives no log of it. */
  readonly tools: JobLogTools | undefined;
  /** Undefined where they could not be read. */
  readonly warnings: readonly FirewallWarning[] | undefined;
  /** The job has a step of ours: what it uploaded is gone. */
  readonly wasMonitored: boolean;
  /** There will be no more: the log was asked for, and what there is, is here. */
  readonly isOver: boolean;
}

type Fields = {
  [T in RunEvent["type"]]: Omit<Extract<RunEvent, { type: T }>, "v" | "seq" | "t">;
}[RunEvent["type"]];
interface Timed {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fields: Fields;
}

const MOST_STEPS = 1000;
/** The step in which the agent works; its number changes, and it has a twin for Windows that is skipped. */
const AGENT_STEP = /^Processing Request/;

const NOT_SEEN = ["processes", "network", "requests", "files"] as const;
const SHOWN =
  "shown is what GitHub tells: steps, tool calls of the job's log, and what the agent's firewall has blocked";
const UNWATCHED = {
  why: `no collector watched this job; ${SHOWN}`,
  title:
    "Nobody watched this session: its processes, connections and files are not known. To see them next time, add Runglass to .github/workflows/copilot-setup-steps.yml",
};
const GONE = {
  why: `what the collector of this job had uploaded has expired, was deleted, or never came; ${SHOWN}`,
  title:
    "The log of this session is not on GitHub: its processes, connections and files can't be shown. Open a copy of the log that you have saved",
};
const NO_TOOLS = "GitHub has no log of this job: it was cancelled, or its log has expired";
const NO_WARNINGS = "the pull request, where the agent tells of it, can't be read";

/** The job that the agent works in. */
export const agentJobOf = (jobs: readonly HostedJob[]): HostedJob | undefined =>
  jobs.find(({ name }) => name === "copilot") ?? jobs.at(-1);

const stepInfo = (job: string, { number, name }: HostedStep): { id: string; number: number; name: string } => ({
  id: `${job}${number}`,
  number,
  name,
});

const stepEvents = (job: string, steps: readonly HostedStep[]): Timed[] =>
  steps.slice(0, MOST_STEPS).flatMap((step): Timed[] => {
    const { startedAt, completedAt, status, conclusion } = step;
    if (startedAt === undefined || conclusion === "skipped") return [];
    const info = stepInfo(job, step);
    const start: Timed = { at: startedAt, fields: { type: "step.start", stepInfo: info } };
    if (status !== "completed" || completedAt === undefined) return [start];
    const end: Fields = { type: "step.end", stepInfo: info, ...(conclusion === undefined ? {} : { conclusion }) };
    return [start, { at: Math.max(startedAt, completedAt), fields: end }];
  });

const toolEvents = (windows: readonly ToolWindow[], step: string | undefined, sessionId: string | undefined): Timed[] =>
  windows.flatMap((window, index): Timed[] => {
    const { name, turn, input, inputCut, start, end, ok, doubtful } = window;
    const toolInfo = {
      id: `call-${index + 1}`,
      name,
      turn,
      ...(input === undefined ? {} : { input: inputCut ? `${input}…` : input }),
      ...(sessionId === undefined ? {} : { sessionId }),
    };
    const more = { ...(step === undefined ? {} : { step }), ...(doubtful ? { senderGuess: true } : {}) };
    const begun: Timed = { at: start / 1000, fields: { type: "tool.start", ...more, toolInfo } };
    if (end === undefined) return [begun];
    const ended: Fields = { type: "tool.end", ...more, toolInfo, ...(ok === undefined ? {} : { ok }) };
    return [begun, { at: end / 1000, fields: ended }];
  });

const warningEvent = ({ address, host, url, at, command }: FirewallWarning, time: number): Timed => ({
  at: time,
  fields: {
    type: "firewall",
    firewall: {
      verdict: "blocked",
      at,
      names: [host === "" ? address.slice(0, 253) : host],
      ...(url === undefined ? {} : { url }),
      ...(command === "" ? {} : { command }),
      reason: "the agent says so in its pull request or log, without a time",
    },
  },
});

const beginning = ({ repository, runId, run, jobs, wasMonitored }: UnmonitoredFacts): Fields[] => {
  const job = agentJobOf(jobs);
  const { why, title } = wasMonitored ? GONE : UNWATCHED;
  return [
    {
      type: "run.start",
      run: {
        id: String(runId),
        attempt: run.attempt,
        repository: `${repository.owner}/${repository.name}`,
        workflow: run.workflow,
        ...(job === undefined ? {} : { job: job.name }),
        ...(run.actor === undefined ? {} : { actor: run.actor.login }),
        event: run.event,
        ref: `refs/heads/${run.branch}`,
        sha: run.headSha,
        url: run.url,
        title: "not watched",
      },
      host: { name: job?.runner ?? "not told", os: "not told", kernel: "not told", arch: "not told" },
      collector: { version: "none" },
      policy: { mode: "none", endpoints: [] },
    },
    ...NOT_SEEN.map((hook): Fields => ({ type: "coverage", hook, state: "unsupported", reason: why })),
    { type: "finding", finding: { rule: "session/unmonitored", severity: "warning", title, evidence: [] } },
  ];
};

/**
 * The run's lines, with their line ends. While the run goes on, the lines of later facts begin with those of earlier ones,
 * but where GitHub takes back what it has said.
 */
export const unmonitoredLines = (facts: UnmonitoredFacts): string => {
  const { run, jobs, tools, warnings, isOver } = facts;
  const agent = agentJobOf(jobs);
  const timed: Timed[] = [];
  for (const job of jobs.slice(0, 50)) {
    timed.push(...stepEvents(jobs.length > 1 ? `${job.id}/` : "", job.steps));
  }
  const working = agent?.steps.find(({ name, conclusion }) => AGENT_STEP.test(name) && conclusion !== "skipped");
  if (tools !== undefined) {
    const prefix = jobs.length > 1 ? `${agent?.id}/` : "";
    const step = working === undefined ? undefined : `${prefix}${working.number}`;
    timed.push(...toolEvents(tools.windows, step, tools.sessionId));
    if (tools.flags.length > 0) {
      const title = `The job's log contradicts itself about the agent's tool calls (first in line ${tools.flags[0]?.line}: ${tools.flags[0]?.reason}); something in the job may have written lines like the engine's`;
      const finding = { rule: "session/forged-calls", severity: "warning", title, evidence: [] };
      timed.push({ at: agent?.completedAt ?? run.startedAt, fields: { type: "finding", finding } });
    }
  }
  const told = working?.completedAt ?? agent?.completedAt ?? working?.startedAt ?? run.startedAt;
  timed.push(...(warnings ?? []).map((warning) => warningEvent(warning, told)));
  timed.sort((a, b) => a.at - b.at);
  const first = Math.min(run.startedAt, timed[0]?.at ?? run.startedAt);
  const events: Timed[] = [...beginning(facts).map((fields) => ({ at: first, fields })), ...timed];
  const last = events.at(-1)?.at ?? first;
  const unread = (hook: string, reason: string): number =>
    events.push({ at: last, fields: { type: "coverage", hook, state: "unsupported", reason } });
  if (isOver && tools === undefined) unread("tool calls", NO_TOOLS);
  if (isOver && warnings === undefined) unread("agent firewall", NO_WARNINGS);
  const counts: Record<string, number> = {};
  for (const { fields } of events) counts[fields.type] = (counts[fields.type] ?? 0) + 1;
  if (isOver) events.push({ at: last, fields: { type: "run.end", counts, lost: 0 } });
  return events
    .map(({ at, fields: { type, ...fields } }, i) => {
      const t = Math.max(0, Math.round(at * 1000));
      return `${JSON.stringify({ v: 1, seq: i + 1, t, type, ...fields })}\n`;
    })
    .join("");
};
