// Asks GitHub for what it tells of a session that nobody watched.
import { parseFirewallWarnings, type FirewallWarning } from "../../../collector/protocol/firewallWarning.ts";
import { toolsOfJobLog } from "../../../collector/protocol/jobLog.ts";
import { UserError } from "../errors.ts";
import type { HostedJob, HostedSource, RepositoryName } from "./hostedSource.ts";
import type { Look } from "./runFollower.ts";
import { agentJobOf, unmonitoredLines } from "./unmonitoredRun.ts";

const COPILOT = /^copilot(?:-swe-agent)?(?:\[bot\])?$/i;
/** The agent comments when it ends, by another clock. */
const TOLERANCE_MS = 120_000;
const MONITOR_STEP = /runglass/i;
const AGENT_STEP = /^Processing Request/;

export const hasMonitorStep = (jobs: readonly HostedJob[]): boolean =>
  jobs.some(({ steps }) => steps.some(({ name }) => MONITOR_STEP.test(name)));

/**
 * Whether nobody watches, as far as can be told by now: a collector starts before the agent does, and uploads what it sees
 * within seconds.
 */
export const isUnmonitored = ({ jobs, monitored, isLast, facts }: Look, now: number): boolean => {
  if (monitored) return false;
  if (isLast) return true;
  const agent = agentJobOf(jobs);
  const working = agent?.steps.find(({ name, conclusion }) => AGENT_STEP.test(name) && conclusion !== "skipped");
  if (agent?.runner === undefined || hasMonitorStep(jobs) || facts.status === "completed") return false;
  return working?.startedAt !== undefined && now - working.startedAt > TOLERANCE_MS / 4;
};

/** Undefined where GitHub does not give it: the rest is shown all the same. */
const orNothing = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof UserError && !error.failure.retry) return undefined;
    throw error;
  }
};

/** What the agent has written of its firewall in its pull request and, since then, in comments. */
const writtenWarnings = async (
  source: HostedSource,
  repository: RepositoryName,
  { facts }: Look,
): Promise<readonly FirewallWarning[]> => {
  const [pull] = await source.pulls(repository, { state: "all", branch: facts.branch });
  if (pull === undefined) return [];
  const { items } = await source.comments({ ...repository, number: pull.number });
  const comments = items.filter(({ createdAt }) => createdAt >= facts.startedAt - TOLERANCE_MS);
  const texts = [pull, ...comments].filter(({ author }) => author !== undefined && COPILOT.test(author.login));
  return parseFirewallWarnings(texts.map(({ body }) => body).join("\n\n</details>\n\n"));
};

/** The session as lines of a run log: what is known of it while it goes on, and all there is once it is over. */
export const linesWithoutMonitor = async (
  source: HostedSource,
  repository: RepositoryName,
  runId: number,
  look: Look,
): Promise<string> => {
  const { facts, jobs, isLast } = look;
  const base = { repository, runId, run: facts, jobs, wasMonitored: hasMonitorStep(jobs) };
  if (!isLast) return unmonitoredLines({ ...base, tools: undefined, warnings: undefined, isOver: false });
  const agent = agentJobOf(jobs);
  const log = agent === undefined ? undefined : await orNothing(source.jobLog(repository, agent.id));
  const logged = log === undefined ? [] : parseFirewallWarnings(log);
  // The log is of this session alone; a pull request can have several.
  const warnings = logged.length > 0 ? logged : await orNothing(writtenWarnings(source, repository, look));
  return unmonitoredLines({
    ...base,
    tools: log === undefined ? undefined : toolsOfJobLog(log),
    warnings,
    isOver: true,
  });
};
