// How pull requests, sessions and steps stand, in words and icons, for the Sessions view. Pure, so that every state can be tested.
// Titles, branches and names are others' text: they are cleaned, and shown as plain text only.
import type { RateLimit } from "../github/gitHubClient.ts";
import type { Conclusion, Job, JobStep, Pull, RunStatus, WorkflowRun } from "../github/model.ts";
import { isLive, presentStep } from "../pullRequests/agentRuns.ts";
import type { PullEntry, SessionEntry } from "../pullRequests/watched.ts";
import { glanceSentence, glanceWords } from "./glanceText.ts";
import { plainText } from "./plainText.ts";

/** What a session's own run log says, where this window has it. */
export interface SessionLog {
  /** One word: `live`, `ended`, … */
  readonly state: string;
  /** How its policy stands, in a few words; empty where the log does not say. */
  readonly policy: string;
  readonly findings: number;
  /** What else there is to say, in few words; empty where nothing. */
  readonly note: string;
}

const join = (parts: readonly (string | undefined)[], separator = " · "): string =>
  parts.filter((part) => part !== undefined && part !== "").join(separator);
const counted = (value: number, one: string, many: string): string =>
  `${value.toLocaleString("en-US")} ${value === 1 ? one : many}`;

/** `47 s`, `3 min`, `1 h 05 min`. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
};

const conclusionWords: Readonly<Record<string, string>> = {
  success: "done",
  failure: "failed",
  cancelled: "cancelled",
  timed_out: "timed out",
  action_required: "waits for approval",
  startup_failure: "could not start",
  stale: "given up",
};

const conclusionWord = (conclusion: Conclusion | undefined): string =>
  conclusion === undefined ? "ended" : (conclusionWords[conclusion] ?? plainText(conclusion.replaceAll("_", " "), 30));

const statusWord = (status: RunStatus, conclusion: Conclusion | undefined): string => {
  if (status === "completed") return conclusionWord(conclusion);
  if (status === "in_progress") return "live";
  return status === "waiting" ? "waits" : "queued";
};

/** Codicon of a state. */
const statusIcon = (status: RunStatus, conclusion: Conclusion | undefined): string => {
  if (status === "in_progress") return "pulse";
  if (status !== "completed") return "circle-outline";
  switch (conclusion) {
    case "success":
      return "pass";
    case "skipped":
    case "cancelled":
    case "neutral":
    case "stale":
      return "circle-slash";
    case "action_required":
      return "warning";
    default:
      return "error";
  }
};

export const pullLabel = ({ title }: Pull): string =>
  plainText(title.replace(/^\s*\[WIP\]\s*/i, ""), 100) || "(no title)";

const pullState = ({ state, draft }: Pull): string => (state === "open" ? (draft ? "draft" : "") : state);

export const pullDescription = ({ pull, sessions, isCheckedOut }: PullEntry): string => {
  const live = sessions.find(({ run }) => isLive(run));
  return join([
    `#${pull.number}`,
    live === undefined ? pullState(pull) : sessionState(live),
    isCheckedOut ? "checked out" : "",
  ]);
};

export const pullIcon = ({ pull, sessions }: PullEntry): string => {
  if (sessions.some(({ run }) => isLive(run))) return "pulse";
  if (pull.state === "merged") return "git-merge";
  if (pull.state === "closed") return "git-pull-request-closed";
  return pull.draft ? "git-pull-request-draft" : "git-pull-request";
};

/** Several lines of plain text. */
export const pullTooltip = (entry: PullEntry): string => {
  const { pull, sessions } = entry;
  const state = join([pullState(pull) || "open", entry.isCheckedOut ? "checked out here" : ""], ", ");
  return join(
    [
      plainText(pull.title, 300),
      `${plainText(`${pull.owner}/${pull.name}`)}#${pull.number}, ${state}`,
      `Branch: ${plainText(pull.head.branch, 200)}`,
      pull.author === undefined ? "" : `By: ${plainText(pull.author.login)}`,
      counted(sessions.length, "session", "sessions"),
    ],
    "\n",
  );
};

const isSameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

/** The time of day, and the day where it is another one. */
const startOf = ({ startedAt }: WorkflowRun, now: number): string => {
  const start = new Date(startedAt);
  const time = start.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = start.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return isSameDay(start, new Date(now)) ? time : `${day}, ${time}`;
};

export const sessionLabel = ({ run }: SessionEntry, now: number): string =>
  `Session ${startOf(run, now)}${run.attempt > 1 ? `, attempt ${run.attempt}` : ""}`;

/** The state, and the step that it is in. */
const sessionState = ({ run, job }: SessionEntry): string => {
  const step = job === undefined || !isLive(run) ? undefined : presentStep(job);
  return join([statusWord(run.status, run.conclusion), step === undefined ? "" : plainText(step.name, 60)]);
};

const elapsed = ({ startedAt, completedAt }: Pick<Job, "startedAt" | "completedAt">, now: number): string =>
  startedAt === undefined ? "" : duration((completedAt ?? now) - startedAt);

/** How long the session goes on, or has taken. GitHub's clock and ours may differ; then it is a little off. */
const sessionElapsed = ({ run, job }: SessionEntry, now: number): string => {
  if (job?.startedAt !== undefined) return elapsed(job, now);
  if (run.status === "in_progress") return duration(now - run.startedAt);
  return run.status === "completed" ? duration(run.updatedAt - run.startedAt) : "";
};

const logWords = (log: SessionLog): string =>
  join([log.policy, log.findings > 0 ? counted(log.findings, "finding", "findings") : "", log.note]);

/** What the log would say, as far as it is known without opening it; that it is not known is said too. */
const entryWords = (entry: SessionEntry, log: SessionLog | undefined): string =>
  log === undefined ? glanceWords(entry.glance, isLive(entry.run)) : logWords(log);

export const sessionDescription = (entry: SessionEntry, log: SessionLog | undefined, now: number): string =>
  join([sessionState(entry), sessionElapsed(entry, now), entryWords(entry, log)]);

export const sessionIcon = ({ run }: SessionEntry): string => statusIcon(run.status, run.conclusion);

/** GitHub's own machines are called so, and let nobody in. */
const isOwnRunner = (job: Job | undefined): boolean =>
  job?.runner !== undefined && !/^GitHub Actions \d+$/.test(job.runner);

export const sessionTooltip = (entry: SessionEntry, log: SessionLog | undefined, now: number): string => {
  const { run, job } = entry;
  return join(
    [
      `${sessionLabel(entry, now)}: ${sessionState(entry)}`,
      join([`Run ${run.id}`, `attempt ${run.attempt}`, plainText(run.title, 120)], ", "),
      sessionElapsed(entry, now) === "" ? "" : `Time: ${sessionElapsed(entry, now)}`,
      job?.runner === undefined ? "" : `Runner: ${plainText(job.runner)}`,
      isLive(run) && isOwnRunner(job)
        ? "It is not GitHub's own: where its collector can be reached, connect to it directly."
        : "",
      log === undefined
        ? glanceSentence(entry.glance, isLive(run))
        : `Run log: ${join([log.state, logWords(log)], ", ")}`,
    ],
    "\n",
  );
};

export const sessionSpoken = (entry: SessionEntry, log: SessionLog | undefined, now: number): string =>
  join([sessionLabel(entry, now), sessionDescription(entry, log, now).replaceAll(" · ", ", ")], ", ");

export const stepLabel = ({ name, number }: JobStep): string => plainText(name, 100) || `Step ${number}`;
export const stepDescription = (step: JobStep, now: number): string =>
  step.status === "completed" && step.conclusion === "skipped"
    ? "skipped"
    : join([
        step.status === "completed" && step.conclusion !== "success" ? conclusionWord(step.conclusion) : "",
        elapsed(step, now),
      ]);
/** With the state in words, that otherwise only the icon tells. */
export const stepSpoken = (step: JobStep, now: number): string => {
  const time = step.conclusion === "skipped" ? "" : elapsed(step, now);
  return join([stepLabel(step), statusWord(step.status, step.conclusion), time], ", ");
};
export const stepIcon = ({ status, conclusion }: JobStep): string => statusIcon(status, conclusion);

const clock = (time: number): string =>
  new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** All there is to say of the rate limit. `pauseMs`: for how long GitHub wants to be left alone; 0 where it does not. */
export const rateSentence = (
  web: string,
  rate: RateLimit | undefined,
  billedLastHour: number,
  pauseMs: number,
): string => {
  const left =
    rate === undefined
      ? `${web} tells of no rate limit.`
      : `${rate.remaining.toLocaleString("en-US")} of ${rate.limit.toLocaleString("en-US")} requests to ${web} are left until ${clock(rate.resetsAt)}.`;
  const used = `This window has used ${counted(billedLastHour, "request", "requests")} in the last hour.`;
  return join(
    [
      left,
      used,
      pauseMs === 0 ? "" : `GitHub asks to be left alone for ${duration(pauseMs)}: until then nothing is asked.`,
    ],
    " ",
  );
};

/** How much may still be asked of GitHub, where that is little. */
export const rateText = ({ limit, remaining, resetsAt }: RateLimit): string => {
  if (remaining * 5 > limit) return "";
  return `${remaining.toLocaleString("en-US")} of ${limit.toLocaleString("en-US")} requests left until ${clock(resetsAt)}`;
};
