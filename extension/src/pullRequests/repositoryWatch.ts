// One repository's pull requests and sessions, asked for when they are due. It keeps what it was told.
import { UserError } from "../errors.ts";
import type { GitHubFailure } from "../github/failures.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { Job, Pull, PullName, RepositoryName, WorkflowRun } from "../github/model.ts";
import type { SessionGlance } from "../hosted/sessionGlance.ts";
import { agentJob, isAgentRun, isCopilot, isLive, sessionsOf } from "./agentRuns.ts";
import { hasMonitorStep, SETUP_STEPS_PATH } from "./monitorStep.ts";
import { intervals } from "./pollPlan.ts";
import { isSamePull, sessionKey, type MissingPull, type OpenRepository, type PullEntry } from "./watched.ts";

/** Who asks, and by which clock. */
export interface AskingNow {
  readonly client: GitHubClient;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** How many times longer the waits are. */
  readonly stretch: () => number;
  /** Asks what a log that is not open here says; absent where nobody wants to know. */
  readonly glance?: ((run: WorkflowRun) => Promise<SessionGlance>) | undefined;
}

/** Of a pull request; the older ones are told when they are opened. */
const MOST_GLANCES = 8;
/** So long after a session its log is on its way. */
const GLANCE_GRACE_MS = 120_000;

/** Nothing that is asked later will tell more. */
const isFinal = (run: WorkflowRun, { log, policy }: SessionGlance, now: number): boolean =>
  !isLive(run) && ((log === "whole" && policy !== undefined) || now - run.updatedAt > GLANCE_GRACE_MS);

/** More runs of the branch alone are asked for where the repository has so many that a session may be behind them. */
const FULL_LIST = 100;
/** What is not there, or not for us, is not asked for again before. */
export const REST_MS = 600_000;

/** Failures that say something of the one thing that was asked for. */
const isOfOne = (error: unknown): error is UserError =>
  error instanceof UserError && (error.failure.code === "notThere" || error.failure.code === "permissionMissing");

/** Failures that every other question would meet, too. */
const ofAll: ReadonlySet<string> = new Set(["rateLimited", "slowDownAsked", "signedOut", "tokenRefused"]);

export class RepositoryWatch {
  readonly name: RepositoryName;
  /** All its open pull requests are wanted, not only those that were added. */
  open: OpenRepository | undefined;
  added: readonly PullName[] = [];
  hasMonitor: boolean | undefined;
  failure: GitHubFailure | undefined;
  /** Nothing is asked before: it is not there, or not for us. */
  restsUntil = 0;
  isKnown = false;
  #pulls: readonly Pull[] = [];
  readonly #single = new Map<number, Pull>();
  /** Of those that were added. */
  readonly #missing = new Map<number, MissingPull>();
  #runs: readonly WorkflowRun[] = [];
  readonly #jobs = new Map<string, Job>();
  /** Sessions whose steps somebody looks at. */
  readonly #looked = new Set<string>();
  /** Numbers of pull requests whose sessions are seen. */
  readonly #seen = new Set<number>();
  /** By session; final ones are not asked for again. */
  readonly #glances = new Map<string, { readonly glance: SessionGlance; readonly isFinal: boolean }>();
  readonly #isOpen: (run: WorkflowRun) => boolean;
  /** When what is due, by name. */
  readonly #due = new Map<string, number>();

  /** `isOpen`: the session's log is open here, so that nothing need be asked of it. */
  constructor(name: RepositoryName, isOpen: (run: WorkflowRun) => boolean = () => true) {
    this.name = name;
    this.#isOpen = isOpen;
  }

  /** Everything is due at once. */
  refresh(): void {
    this.#due.clear();
    this.restsUntil = 0;
  }

  /** Somebody looks at this session's steps. Gives whether they are to be asked for, which they were not before. */
  look(run: WorkflowRun): boolean {
    const key = sessionKey(run);
    const isNew = !this.#looked.has(key);
    this.#looked.add(key);
    return isNew && !this.#jobs.has(key);
  }

  /** Somebody sees the rows of its sessions. Gives whether there is something to ask that there was not before. */
  see(pull: number): boolean {
    const isNew = !this.#seen.has(pull);
    this.#seen.add(pull);
    return isNew;
  }

  /** Milliseconds since the epoch of the next question. */
  nextDue(): number {
    return Math.max(this.restsUntil, Math.min(...this.#questions().map((name) => this.#due.get(name) ?? 0)));
  }

  /** Those of the pull requests that were added that are not to be had. */
  get missing(): readonly MissingPull[] {
    return [...this.#missing.values()];
  }

  get liveSessions(): number {
    return this.entries().reduce((sum, { sessions }) => sum + sessions.filter(({ run }) => isLive(run)).length, 0);
  }

  /** The pull requests that are worth a row. */
  entries(): PullEntry[] {
    const singles = [...this.#single.values()].filter((pull) => !this.#pulls.some((one) => one.number === pull.number));
    return [...this.#pulls, ...singles].flatMap((pull) => {
      const sessions = sessionsOf(pull, this.#runs).map((run) => {
        const key = sessionKey(run);
        return { run, job: this.#jobs.get(key), glance: this.#glances.get(key)?.glance };
      });
      const isAdded = this.added.some((name) => isSamePull(name, pull));
      if (!isAdded && !isCopilot(pull.author) && sessions.length === 0) return [];
      return [{ pull, isAdded, isCheckedOut: this.#isCheckedOut(pull), sessions }];
    });
  }

  /** Asks what is due. Throws what the client throws. */
  async ask(asking: AskingNow): Promise<void> {
    try {
      await this.#askPulls(asking);
      await this.#askRuns(asking);
      await this.#askJobs(asking);
      await this.#askSetup(asking);
      await this.#askGlances(asking);
    } catch (error) {
      // What was not answered is due again as soon as there is somebody to ask.
      this.#due.clear();
      throw error;
    }
    this.failure = undefined;
    this.isKnown = true;
  }

  async #askPulls({ client, signal, now, stretch }: AskingNow): Promise<void> {
    if (this.open !== undefined && this.#take("pulls", now(), intervals.pulls * stretch())) {
      this.#pulls = await client.pulls(this.name, { signal });
    }
    for (const name of this.added) {
      if (this.#pulls.some((pull) => isSamePull(pull, name))) {
        this.#missing.delete(name.number);
        continue;
      }
      if (!this.#take(`pull ${name.number}`, now(), intervals.pulls * stretch())) continue;
      await this.#askPull(name, client, signal, now() + REST_MS);
    }
    for (const known of [this.#single, this.#missing]) {
      for (const number of known.keys()) {
        if (!this.added.some((name) => name.number === number)) known.delete(number);
      }
    }
  }

  /** One that is gone, or was never there, says nothing of the others. */
  async #askPull(name: PullName, client: GitHubClient, signal: AbortSignal, restsUntil: number): Promise<void> {
    try {
      this.#single.set(name.number, await client.pull(name, { signal }));
      this.#missing.delete(name.number);
    } catch (error) {
      if (!isOfOne(error)) throw error;
      this.#single.delete(name.number);
      this.#missing.set(name.number, { name, failure: error.failure });
      this.#due.set(`pull ${name.number}`, restsUntil);
    }
  }

  async #askRuns({ client, signal, now, stretch }: AskingNow): Promise<void> {
    const wait = (this.#runs.some(isLive) ? intervals.runsLive : intervals.runsQuiet) * stretch();
    if (!this.#take("runs", now(), wait)) return;
    const runs = [...(await client.runs(this.name, { event: "dynamic", signal }))];
    if (runs.length >= FULL_LIST) {
      const branches = new Set(this.entries().flatMap(({ pull, isAdded }) => (isAdded ? [pull.head.branch] : [])));
      for (const branch of branches) {
        if (runs.some((run) => run.branch === branch)) continue;
        runs.push(...(await client.runs(this.name, { event: "dynamic", branch, signal })));
      }
    }
    this.#runs = runs.filter(isAgentRun);
    const known = new Set(this.#runs.map(sessionKey));
    for (const key of this.#jobs.keys()) if (!known.has(key)) this.#jobs.delete(key);
    for (const key of this.#looked) if (!known.has(key)) this.#looked.delete(key);
    for (const key of this.#glances.keys()) if (!known.has(key)) this.#glances.delete(key);
  }

  async #askJobs({ client, signal, now, stretch }: AskingNow): Promise<void> {
    const wanted = this.#sessionsInQuestion();
    const wait = intervals.jobs * stretch() * Math.max(1, this.liveSessions);
    for (const run of wanted) {
      const key = sessionKey(run);
      if (!this.#take(`jobs ${key}`, now(), wait)) continue;
      const job = agentJob(await client.jobs(this.name, run.id, { attempt: run.attempt, signal }));
      if (job === undefined) continue;
      this.#jobs.set(key, job);
      // The run itself has ended then, too.
      if (job.status === "completed" && isLive(run)) this.#due.delete("runs");
    }
  }

  async #askSetup({ client, signal, now, stretch }: AskingNow): Promise<void> {
    if (!this.#take("setup", now(), intervals.setup * stretch())) return;
    try {
      const file = await client.file(this.name, SETUP_STEPS_PATH, undefined, { signal });
      this.hasMonitor = file !== undefined && hasMonitorStep(file.toString("utf8"));
    } catch (error) {
      // A token that may not read files shows the sessions all the same.
      if (!isOfOne(error)) throw error;
      this.hasMonitor = undefined;
    }
  }

  async #askGlances({ glance, now, signal, stretch }: AskingNow): Promise<void> {
    if (glance === undefined) return;
    for (const run of this.#glancesInQuestion()) {
      const key = sessionKey(run);
      if (!this.#take(`glance ${key}`, now(), intervals.glance * stretch())) continue;
      try {
        const found = await glance(run);
        this.#glances.set(key, { glance: found, isFinal: isFinal(run, found, now()) });
      } catch (error) {
        // Artifacts are kept elsewhere: where that can't be reached, the sessions are shown all the same.
        if (signal.aborted || !(error instanceof UserError) || ofAll.has(error.failure.code)) throw error;
        this.#due.set(`glance ${key}`, now() + REST_MS);
      }
    }
  }

  /** Sessions that are seen, and whose log may still say something new. */
  #glancesInQuestion(): WorkflowRun[] {
    return this.entries()
      .filter(({ pull }) => this.#seen.has(pull.number))
      .flatMap(({ sessions }) => sessions.slice(0, MOST_GLANCES))
      .map(({ run }) => run)
      .filter((run) => this.#glances.get(sessionKey(run))?.isFinal !== true && !this.#isOpen(run));
  }

  /** Sessions whose job is not known to its end, and that go on or are looked at. */
  #sessionsInQuestion(): WorkflowRun[] {
    return this.entries().flatMap(({ sessions }) =>
      sessions
        .filter(
          ({ run, job }) =>
            job?.status !== "completed" && (isLive(run) || job !== undefined || this.#looked.has(sessionKey(run))),
        )
        .map(({ run }) => run),
    );
  }

  #questions(): string[] {
    return [
      ...(this.open === undefined ? [] : ["pulls"]),
      ...this.added
        .filter((name) => !this.#pulls.some((pull) => isSamePull(pull, name)))
        .map(({ number }) => `pull ${number}`),
      "runs",
      "setup",
      ...this.#sessionsInQuestion().map((run) => `jobs ${sessionKey(run)}`),
      ...this.#glancesInQuestion().map((run) => `glance ${sessionKey(run)}`),
    ];
  }

  /** Whether a question is due; it is then due again after `wait`. */
  #take(question: string, now: number, wait: number): boolean {
    if (now < (this.#due.get(question) ?? 0)) return false;
    this.#due.set(question, now + wait);
    return true;
  }

  #isCheckedOut({ number, head }: Pull): boolean {
    if (this.open === undefined) return false;
    const { branch, pull } = this.open;
    return pull === number || (branch !== undefined && branch === head.branch);
  }
}
