// The runs of this window that are followed through GitHub: one follower for each workflow run, one run for each of its jobs
// that uploads a log, and one that says so where none does.
import { artifactKey, parseArtifactKey } from "../../../collector/protocol/artifactNames.ts";
import type { JobStepFact } from "../../../webview/protocol/messages.ts";
import { UserError, type Failure } from "../errors.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { newSpoolPath } from "../sessions/spoolFolder.ts";
import { HostedRun } from "./hostedRun.ts";
import { hostedRunKey } from "./hostedRunKey.ts";
import type { HostedJob, HostedSource, RepositoryName, WorkflowRunFacts } from "./hostedSource.ts";
import { RunFollower, type FollowerOptions, type Look } from "./runFollower.ts";
import { isUnmonitored, linesWithoutMonitor } from "./withoutMonitor.ts";

/** Which workflow run is meant. */
export interface HostedSession extends RepositoryName {
  readonly id: number;
  readonly title: string;
  /** Which attempt is meant, where it matters: the latest where absent. */
  readonly attempt?: number;
}

export interface HostedRunsOptions extends Pick<FollowerOptions, "unpack" | "onDefect"> {
  readonly registry: RunRegistry;
  /** Folder of the local copies. */
  readonly folder: string;
  readonly maxSpoolBytes: () => number;
  /** Whom to ask from now on, where a run goes on that had stopped. Throws a `UserError`. */
  readonly renew?: () => Promise<HostedSource>;
  readonly now?: () => number;
  readonly pollMs?: number;
}

/** GitHub has a job's log when the job is over, and then the agent writes what its firewall has blocked. */
const ONLY_STEPS =
  "Nobody watches this session. While it goes on, GitHub tells of its steps alone: its tool calls, and what the agent's firewall has blocked, are shown when it ends.";

/** What has not changed costs nothing of the rate limit. */
const POLL_MS = 2000;

/** The row that stands for the workflow run. */
interface OwnRow {
  readonly key: string;
  readonly title: string;
}

interface Followed {
  readonly session: HostedSession;
  own: OwnRow;
  /** Which attempt that row shows; undefined before the first look. */
  attempt: number | undefined;
  source: HostedSource;
  readonly follower: RunFollower;
  /** By key of the job's artifacts; "" for the run that stands for the workflow run until there is one. */
  readonly runs: Map<string, HostedRun>;
  /** What "" shows where nobody watches the session. */
  unmonitored: string;
}

const attemptOf = (job: string): number | undefined => parseArtifactKey(job)?.attempt;

/** It shows what a job has uploaded. */
const isOfJob = (runs: ReadonlyMap<string, HostedRun>, run: HostedRun): boolean =>
  [...runs].some(([job, other]) => job !== "" && other === run);

const jobOfAttempt = (runs: ReadonlyMap<string, HostedRun>, attempt: number | undefined): HostedRun | undefined =>
  [...runs].find(([job]) => attempt !== undefined && attemptOf(job) === attempt)?.[1];

/** The run of a job of that attempt, else what stands for the workflow run. */
const shownFor = (runs: ReadonlyMap<string, HostedRun>, attempt: number | undefined): HostedRun | undefined =>
  jobOfAttempt(runs, attempt) ?? runs.get("");

/** What is wanted is a later attempt, and what is shown stays with an earlier one: nothing of the later is taken into it. */
const isLeftBehind = ({ runs, attempt }: Followed, shown: HostedRun, wanted: number | undefined): boolean => {
  if (wanted === undefined || attempt === undefined || wanted <= attempt || shown !== runs.get("")) return false;
  return isOfJob(runs, shown) || shown.state.kind === "ended";
};

const MOST_STEPS = 500;

/** Of the job whose artifacts have this key, where it can be told which one that is. */
const stepsOfJob = (key: string, jobs: readonly HostedJob[]): readonly JobStepFact[] => {
  const { job, attempt } = parseArtifactKey(key) ?? {};
  const named = jobs.filter(
    (one) => one.attempt === attempt && parseArtifactKey(artifactKey(one.name, 1, "x"))?.job === job,
  );
  const ours = named.length === 1 ? named[0] : jobs.length === 1 ? jobs[0] : undefined;
  return (ours?.steps ?? []).slice(0, MOST_STEPS).map(({ number, name, conclusion, startedAt, completedAt }) => ({
    number,
    name: name.slice(0, 500),
    ...(conclusion === undefined ? {} : { conclusion }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
  }));
};

export class HostedRuns {
  readonly #options: HostedRunsOptions;
  readonly #followed = new Map<string, Followed>();
  /** What is about to be followed, by key. */
  readonly #opening = new Map<string, Promise<HostedRun>>();
  readonly #endings = new Set<Promise<void>>();
  #isActive = true;

  constructor(options: HostedRunsOptions) {
    this.#options = options;
  }

  /** Gives the run that shows a workflow run; the same one where it is followed already. Throws a `UserError`. */
  async follow(session: HostedSession, source: HostedSource): Promise<HostedRun> {
    const key = hostedRunKey(session);
    const known = this.#followed.get(key);
    const shown = known === undefined ? undefined : shownFor(known.runs, session.attempt);
    const isLate = known !== undefined && shown !== undefined && isLeftBehind(known, shown, session.attempt);
    if (known !== undefined) known.source = source;
    if (shown !== undefined && !isLate) {
      if (shown.state.kind === "failed") shown.resume();
      this.#options.registry.makeCurrent(shown);
      return shown;
    }
    const opening = this.#opening.get(key);
    if (opening !== undefined) return opening;
    const opened = known !== undefined && isLate ? this.#beginAttempt(known, session) : this.#begin(session, source);
    const begun = opened.finally(() => this.#opening.delete(key));
    this.#opening.set(key, begun);
    return begun;
  }

  /** What shows a job, by the key of its artifacts; undefined where nothing of it has been seen yet. */
  runOfJob(session: RepositoryName & { readonly id: number }, job: string): HostedRun | undefined {
    return this.#followed.get(hostedRunKey(session))?.runs.get(job);
  }

  async #begin(session: HostedSession, source: HostedSource): Promise<HostedRun> {
    const key = hostedRunKey(session);
    const { unpack, onDefect, folder, maxSpoolBytes, now = Date.now, pollMs = POLL_MS } = this.#options;
    const follower: RunFollower = new RunFollower({
      source: () => followed.source,
      repository: { owner: session.owner, name: session.name },
      runId: session.id,
      runFor: (job, facts) => this.#runFor(followed, job, facts),
      unpack,
      folder,
      maxLogBytes: maxSpoolBytes,
      onLook: (look) => this.#look(followed, look),
      onFailure: (failure, retryInMs) => this.#failed(followed, failure, retryInMs),
      onDefect,
      now,
      pollMs,
    });
    const own = { key, title: session.title };
    const followed: Followed = { session, own, attempt: undefined, source, follower, runs: new Map(), unmonitored: "" };
    const run = await this.#open(followed, own);
    this.#followed.set(key, followed);
    followed.runs.set("", run);
    this.#options.registry.add(run);
    if (this.#isActive) follower.start();
    return run;
  }

  /** A row of its own for a later attempt: what is here of those before can be had from nowhere else any more. */
  async #beginAttempt(followed: Followed, { attempt, title }: HostedSession): Promise<HostedRun> {
    const { runs, follower } = followed;
    const own = { key: `${hostedRunKey(followed.session)}#attempt.${attempt}`, title: `${title} · attempt ${attempt}` };
    const run = await this.#open(followed, own);
    const found = jobOfAttempt(runs, attempt);
    if (found !== undefined) {
      // Followed on, it has begun meanwhile.
      await run.dispose(false);
      return found;
    }
    Object.assign(followed, { own, attempt, unmonitored: "" });
    runs.set("", run);
    this.#options.registry.add(run);
    if (this.#isActive) follower.start();
    return run;
  }

  /** Somebody looks at this window, or nobody does: then nothing is asked. */
  setActive(isActive: boolean): void {
    if (isActive === this.#isActive) return;
    this.#isActive = isActive;
    for (const { follower, runs } of this.#followed.values()) {
      if (!isActive) follower.pause();
      else if ([...runs.values()].some((run) => !run.isOver)) follower.start();
    }
  }

  /** Resolves when nothing goes on any more, of removed runs neither. */
  async close(): Promise<void> {
    for (const followed of this.#followed.values()) this.#stop(followed);
    await Promise.all(this.#endings);
  }

  #stop({ follower }: Followed): void {
    const ending = follower.stop();
    this.#endings.add(ending);
    void ending.finally(() => this.#endings.delete(ending));
  }

  async #open(followed: Followed, { key, title }: OwnRow): Promise<HostedRun> {
    const { folder, maxSpoolBytes } = this.#options;
    const { owner, name, id } = followed.session;
    const stopIfIdle = (): void => {
      if ([...followed.runs.values()].every((other) => other.isOver)) this.#stop(followed);
    };
    const run: HostedRun = await HostedRun.open({
      key,
      origin: `run ${id} of ${owner}/${name} on GitHub`,
      title,
      spoolPath: newSpoolPath(folder),
      maxSpoolBytes,
      onStop: stopIfIdle,
      onResume: () => void this.#resume(followed),
      onGone: () => {
        for (const [job, other] of followed.runs) if (other === run) followed.runs.delete(job);
        if (followed.runs.size === 0) this.#followed.delete(hostedRunKey(followed.session));
        stopIfIdle();
      },
    });
    return run;
  }

  /** The user may have signed in again meanwhile, which is why the run had stopped. */
  async #resume(followed: Followed): Promise<void> {
    const { renew, onDefect } = this.#options;
    try {
      if (renew !== undefined) followed.source = await renew();
      followed.follower.start();
    } catch (error) {
      if (error instanceof UserError) this.#failed(followed, error.failure, undefined);
      else onDefect(error);
    }
  }

  /** The first job is what the workflow run's own row shows; each other one has a row beside it. */
  async #runFor(followed: Followed, job: string, facts: WorkflowRunFacts): Promise<HostedRun> {
    const { session, runs } = followed;
    // It had seemed that nobody watched.
    if (followed.unmonitored !== "") await this.#openAnew(followed);
    const own = runs.get("");
    const isOfOther = (attemptOf(job) ?? facts.attempt) !== facts.attempt;
    if (own !== undefined && !isOfJob(runs, own) && !isOfOther) {
      runs.set(job, own);
      followed.attempt = facts.attempt;
      return own;
    }
    const row = { key: `${hostedRunKey(session)}#${job}`, title: `${facts.title} · ${job}` };
    const run = await this.#open(followed, row);
    runs.set(job, run);
    this.#options.registry.add(run);
    return run;
  }

  async #look(followed: Followed, look: Look): Promise<void> {
    const { session, source, runs } = followed;
    for (const [key, run] of runs) if (key !== "") run.setJobSteps(stepsOfJob(key, look.jobs));
    const own = runs.get("");
    if (look.monitored || own === undefined || isOfJob(runs, own)) return;
    followed.attempt = look.facts.attempt;
    const { now = Date.now } = this.#options;
    if (!isUnmonitored(look, now())) {
      runs.get("")?.show({ kind: "connecting" });
      return;
    }
    const repository = { owner: session.owner, name: session.name };
    const lines = await linesWithoutMonitor(source, repository, session.id, look);
    // GitHub has taken back what it had said.
    if (!lines.startsWith(followed.unmonitored)) await this.#openAnew(followed);
    const run = runs.get("");
    if (run !== undefined) run.isUnwatched = true;
    if (lines.length > followed.unmonitored.length) run?.take(Buffer.from(lines.slice(followed.unmonitored.length)));
    followed.unmonitored = lines;
    if (look.isLast) run?.end();
    else run?.show({ kind: "live", note: ONLY_STEPS });
  }

  /** The workflow run's own row begins from nothing again. */
  async #openAnew(followed: Followed): Promise<void> {
    const { runs, own } = followed;
    const before = runs.get("");
    followed.unmonitored = "";
    const run = await this.#open(followed, own);
    runs.set("", run);
    if (before === undefined || this.#options.registry.get(run.key) !== before) {
      await run.dispose(false);
      return;
    }
    this.#options.registry.add(run);
    await before.dispose(false);
  }

  #failed({ runs }: Followed, failure: Failure, retryInMs: number | undefined): void {
    for (const run of new Set(runs.values())) {
      if (retryInMs !== undefined) run.showLost(failure, retryInMs);
      else if (!run.isOver) run.failWith(failure);
    }
  }
}
