// Follows one workflow run by asking GitHub again and again: which artifacts there are, what of them is new, and how the run
// stands. It downloads the pieces in their order and hands their lines on; at the end, the whole log.
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArtifactKey } from "../../../collector/protocol/artifactNames.ts";
import { UserError, type Failure } from "../errors.ts";
import { ArchiveError } from "./artifactZip.ts";
import { followPace, PAUSE_MS } from "./followPace.ts";
import { behindMs } from "./delay.ts";
import { archiveDamaged, endedWithoutLog, logExpired, startedAnew } from "./hostedFailures.ts";
import type { HostedArtifact, HostedJob, HostedSource, RepositoryName, WorkflowRunFacts } from "./hostedSource.ts";
import type { HostedRun } from "./hostedRun.ts";
import { linesBehind } from "./segmentLines.ts";
import { artifactsByJob, nextSegment, type JobArtifacts, type ListedSegment, type NextSegment } from "./segmentPlan.ts";

export interface FollowerOptions {
  /** Another one where the user has signed in again. */
  readonly source: () => HostedSource;
  readonly repository: RepositoryName;
  readonly runId: number;
  /** Gives the run that shows what the job of this key has uploaded. */
  readonly runFor: (key: string, facts: WorkflowRunFacts) => Promise<HostedRun>;
  /** Unpacks an archive; throws an `ArchiveError`. */
  readonly unpack: (path: string, limits: { readonly maxBytes: number }) => AsyncIterable<Buffer>;
  /** For archives, while they are read. */
  readonly folder: string;
  readonly maxLogBytes: () => number;
  /** Told after each look, with what it has found. */
  readonly onLook: (look: Look) => Promise<void> | void;
  /** GitHub can't be asked, or what it answers ends the following. */
  readonly onFailure: (failure: Failure, retryInMs: number | undefined) => void;
  readonly onDefect: (error: unknown) => void;
  readonly now: () => number;
  readonly pollMs: number;
}

export interface Look {
  readonly facts: WorkflowRunFacts;
  readonly jobs: readonly HostedJob[];
  /** Whether any artifact of the present attempt is ours. */
  readonly monitored: boolean;
  /** The run is over, and nothing more will come. */
  readonly isLast: boolean;
}

/** Pieces hold a few seconds of a job. */
const MOST_SEGMENT_BYTES = 64_000_000;
/** Archives of text are smaller than what they hold; one that is not is none of ours. */
const MOST_ARCHIVE_BYTES = 64_000_000;
/** What came while nobody watched is fetched several at a time. */
const AT_ONCE = 4;
/** GitHub lists an artifact some seconds after it was uploaded. */
const GRACE_MS = 30_000;
/** What has ended so long ago by GitHub's clock has ended by any. */
const LONG_AGO_MS = 300_000;
const LONGEST_WAIT_MS = 60_000;
/** A piece that was overtaken by a later one is not worth a word at once. */
const PATIENCE_MS = 10_000;

interface FollowedJob {
  readonly run: HostedRun;
  /** Artifacts that did not hold what their name says, and why. */
  readonly refused: Map<number, string>;
  /** Since when what follows is not to be had. */
  waitsSince: number | undefined;
}

const attemptOf = (key: string): number | undefined => parseArtifactKey(key)?.attempt;

const RESTS =
  "This window has asked GitHub for nearly 1,000 things in the last hour, so it rests. It goes on by itself, at the latest with the whole log when the job ends.";

/** How it stands by now, where it is live. */
const liveOf = ({ state }: HostedRun): Extract<HostedRun["state"], { kind: "live" }> =>
  state.kind === "live" ? state : { kind: "live" };

const refusalOf = (error: Error): string =>
  !(error instanceof UserError)
    ? error.message
    : error.failure.code === "artifactAltered"
      ? "its checksum is not the one that GitHub tells"
      : "GitHub does not give it";

/** Why nothing comes though there is more; undefined while nothing is wrong. */
const holdUp = (next: NextSegment, { segments }: JobArtifacts, { run, refused }: FollowedJob): string | undefined => {
  const wrong = segments.find(({ first, last, artifact }) =>
    refused.has(artifact.id) ? first <= run.lastSeq + 1 && last > run.lastSeq : false,
  );
  if (wrong !== undefined) {
    const { first, last, artifact } = wrong;
    return `The piece with events ${first} to ${last} can't be read: ${refused.get(artifact.id) ?? ""}.`;
  }
  if (next.kind === "expired") {
    const { first, last } = next.segment;
    return `GitHub no longer has the piece with events ${first} to ${last}: it has expired or was deleted.`;
  }
  if (next.kind !== "wait" || next.missing === undefined) return undefined;
  const { first, last } = next.missing;
  return `Events ${first} to ${last} have not arrived, and later ones have.`;
};

export class RunFollower {
  readonly #options: FollowerOptions;
  readonly #jobs = new Map<string, FollowedJob>();
  #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #failures = 0;
  /** By id. */
  readonly #artifacts = new Map<number, HostedArtifact>();
  #attempt = 0;
  /** When the run was first seen to be over. */
  #overSince: number | undefined;
  #paused = true;
  /** Started while a look went on, which may find that it was the last. */
  #isAsked = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Looks now, and then again and again. */
  start(): void {
    if (this.#stop.signal.aborted) this.#stop = new AbortController();
    this.#paused = false;
    this.#overSince = undefined;
    if (this.#looking === undefined) this.#lookIn(0);
    else this.#isAsked = true;
  }

  /** Asks nothing until `start`. What is being fetched is fetched to its end. */
  pause(): void {
    this.#paused = true;
    this.#isAsked = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends what goes on. */
  async stop(): Promise<void> {
    this.pause();
    this.#stop.abort();
    await this.#looking;
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#paused) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
        if (this.#isAsked) this.start();
        this.#isAsked = false;
      });
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    try {
      if (this.#pace() === Number.POSITIVE_INFINITY) {
        for (const { run } of this.#jobs.values()) run.show({ ...liveOf(run), note: RESTS });
        this.#lookIn(PAUSE_MS);
        return;
      }
      const goesOn = await this.#lookOnce(signal);
      this.#failures = 0;
      const pace = this.#pace();
      if (goesOn) this.#lookIn(pace === Number.POSITIVE_INFINITY ? PAUSE_MS : this.#options.pollMs * pace);
      else this.#paused = true;
    } catch (error) {
      if (signal.aborted) {
        // Started again before it had ended.
        this.#lookIn(0);
        return;
      }
      if (!(error instanceof UserError)) this.#options.onDefect(error);
      this.#failed(
        error instanceof UserError
          ? error.failure
          : { code: "defect", reason: "Following did not work.", action: "See the output.", retry: false },
      );
    }
  }

  #pace(): number {
    return followPace(this.#options.source().billedLastHour ?? 0);
  }

  #failed(failure: Failure & { readonly retryAt?: number }): void {
    if (!failure.retry) {
      this.#paused = true;
      this.#options.onFailure(failure, undefined);
      return;
    }
    this.#failures += 1;
    const { now, pollMs } = this.#options;
    const backoff = Math.min(LONGEST_WAIT_MS, pollMs * 2 ** Math.min(this.#failures, 10));
    const wait = Math.max(backoff, failure.retryAt === undefined ? 0 : failure.retryAt - now());
    this.#options.onFailure(failure, wait);
    this.#lookIn(wait);
  }

  /** False when there is nothing to come. */
  async #lookOnce(signal: AbortSignal): Promise<boolean> {
    const { source, repository, runId, now, onLook } = this.#options;
    const asking = { signal };
    const facts = await source().run(repository, runId, asking);
    const isOver = facts.status === "completed";
    // Listed after the run was seen to be over, what is not there then will hardly come.
    const [items, jobs] = await Promise.all([
      this.#list(facts.attempt, signal),
      source().jobs(repository, runId, asking),
    ]);
    if (isOver) this.#overSince ??= this.#overAt(jobs);
    else this.#overSince = undefined;
    const byJob = artifactsByJob(items);
    for (const artifacts of byJob.values()) await this.#advance(artifacts, facts, signal);
    for (const [key, { run }] of this.#jobs) {
      if ((attemptOf(key) ?? facts.attempt) < facts.attempt && !run.isOver) run.failWith(startedAnew(facts.attempt));
    }
    const open = [...this.#jobs.values()].filter(({ run }) => !run.isOver);
    const mayCome = this.#overSince === undefined || now() - this.#overSince < GRACE_MS;
    const monitored = [...byJob.keys()].some((key) => (attemptOf(key) ?? facts.attempt) === facts.attempt);
    const isLast = this.#overSince !== undefined && !(mayCome && (open.length > 0 || !monitored));
    await onLook({ facts, jobs, monitored, isLast });
    if (!isLast) return true;
    for (const { run } of open) {
      if (run.summary.complete) run.end();
      else run.failWith(endedWithoutLog(facts.conclusion));
    }
    return false;
  }

  /**
   * All artifacts that are known. A long run has hundreds, and with each new one GitHub would give all pages anew: so only
   * the newest are asked for where they join on to what is known.
   */
  async #list(attempt: number, signal: AbortSignal): Promise<readonly HostedArtifact[]> {
    const { source, repository, runId } = this.#options;
    if (attempt !== this.#attempt) this.#artifacts.clear();
    this.#attempt = attempt;
    const known = this.#artifacts;
    let listed = await source().artifacts(repository, runId, { signal, ...(known.size === 0 ? {} : { pages: 1 }) });
    if (known.size > 0 && !listed.complete && !listed.items.some(({ id }) => known.has(id))) {
      listed = await source().artifacts(repository, runId, { signal });
    }
    if (listed.complete) known.clear();
    for (const artifact of listed.items) known.set(artifact.id, artifact);
    return [...known.values()];
  }

  /** Since when the run counts as over: artifacts may still come for a moment. */
  #overAt(jobs: readonly HostedJob[]): number {
    const now = this.#options.now();
    const ended = Math.max(0, ...jobs.map(({ completedAt }) => completedAt ?? now));
    return ended > 0 && now - ended > LONG_AGO_MS ? ended : now;
  }

  async #jobOf({ key }: JobArtifacts, facts: WorkflowRunFacts): Promise<FollowedJob> {
    const known = this.#jobs.get(key);
    if (known !== undefined) return known;
    const run = await this.#options.runFor(key, facts);
    const job: FollowedJob = { run, refused: new Map(), waitsSince: undefined };
    this.#jobs.set(key, job);
    return job;
  }

  async #advance(artifacts: JobArtifacts, facts: WorkflowRunFacts, signal: AbortSignal): Promise<void> {
    const job = await this.#jobOf(artifacts, facts);
    const { run, refused } = job;
    if (run.isOver) return;
    const { log } = artifacts;
    if (log !== undefined && !log.expired) {
      await this.#takeLog(job, log, signal);
      return;
    }
    for (;;) {
      const batch = this.#pace() === Number.POSITIVE_INFINITY ? [] : this.#ahead(artifacts, job);
      if (batch.length === 0) break;
      const pieces = await Promise.all(batch.map((segment) => this.#fetchSegment(segment, signal)));
      for (const [i, segment] of batch.entries()) this.#takeSegment(job, segment, pieces[i]);
      if (run.isOver) return;
    }
    const next = nextSegment(artifacts, run.lastSeq, new Set(refused.keys()));
    if (log?.expired === true || (next.kind === "expired" && this.#overSince !== undefined)) run.failWith(logExpired());
    else this.#showLive(artifacts, job, next);
  }

  /** The segments that follow one on another from where the run is. */
  #ahead(artifacts: JobArtifacts, { run, refused }: FollowedJob): ListedSegment[] {
    const batch: ListedSegment[] = [];
    for (let at = run.lastSeq; batch.length < AT_ONCE;) {
      const next = nextSegment(artifacts, at, new Set(refused.keys()));
      if (next.kind !== "take") break;
      batch.push(next.segment);
      at = next.segment.last;
    }
    return batch;
  }

  #showLive(artifacts: JobArtifacts, job: FollowedJob, next: NextSegment): void {
    const { run } = job;
    const now = this.#options.now();
    const why = holdUp(next, artifacts, job);
    if (why === undefined) job.waitsSince = undefined;
    else job.waitsSince ??= now;
    const isLate = job.waitsSince !== undefined && now - job.waitsSince >= PATIENCE_MS;
    const note = isLate
      ? { note: `${why} It goes on when they come, at the latest with the whole log when the job ends.` }
      : {};
    const newest = artifacts.segments.findLast(({ last }) => last <= run.lastSeq)?.artifact.createdAt;
    if (run.lastSeq > 0) run.show({ kind: "live", behindMs: behindMs(run.summary.lastT, newest, now), ...note });
    else run.show(isLate ? { kind: "live", ...note } : { kind: "connecting" });
  }

  /** An error instead of the piece where asking again won't help. */
  async #fetchSegment({ artifact }: ListedSegment, signal: AbortSignal): Promise<Buffer | Error> {
    try {
      return await this.#withArchive(artifact, MOST_ARCHIVE_BYTES, signal, undefined, async (path) => {
        const parts: Buffer[] = [];
        for await (const part of this.#options.unpack(path, { maxBytes: MOST_SEGMENT_BYTES })) parts.push(part);
        return Buffer.concat(parts);
      });
    } catch (error) {
      // One that is gone or damaged is not asked for again: another may be there in its place.
      if (error instanceof ArchiveError) return error;
      if (error instanceof UserError && !error.failure.retry && error.failure.code.startsWith("artifact")) return error;
      throw error;
    }
  }

  #takeSegment({ run, refused }: FollowedJob, segment: ListedSegment, piece: Buffer | Error | undefined): void {
    const isNext = segment.first <= run.lastSeq + 1 && segment.last > run.lastSeq;
    if (!isNext || run.isOver || piece === undefined) return;
    if (piece instanceof Error) {
      refused.set(segment.artifact.id, refusalOf(piece));
      return;
    }
    const lines = linesBehind(piece, segment, run.lastSeq);
    if (lines.ok) run.take(lines.bytes);
    else refused.set(segment.artifact.id, `line ${lines.line}: ${lines.reason}`);
  }

  async #takeLog({ run }: FollowedJob, log: HostedArtifact, signal: AbortSignal): Promise<void> {
    const { maxLogBytes, unpack } = this.#options;
    const maxBytes = maxLogBytes();
    try {
      const onProgress = (done: number): void => run.show({ kind: "loading", done, total: Math.max(done, log.size) });
      await this.#withArchive(log, maxBytes, signal, onProgress, (path) => run.takeLog(unpack(path, { maxBytes })));
    } catch (error) {
      if (error instanceof ArchiveError) run.failWith(archiveDamaged(error.message));
      else if (error instanceof UserError && !error.failure.retry && !signal.aborted) run.failWith(error.failure);
      else throw error;
    }
  }

  async #withArchive<T>(
    artifact: HostedArtifact,
    maxBytes: number,
    signal: AbortSignal,
    onProgress: ((bytes: number) => void) | undefined,
    use: (path: string) => Promise<T>,
  ): Promise<T> {
    const { source, repository, folder } = this.#options;
    const path = join(folder, `${randomUUID()}.zip`);
    try {
      const options = {
        signal,
        maxBytes,
        sha256: artifact.sha256,
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      await source().downloadArtifact(repository, artifact.id, path, options);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }
}
