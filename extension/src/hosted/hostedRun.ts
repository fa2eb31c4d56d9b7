// A run on GitHub's own machine, which no editor reaches: its lines come in pieces, as artifacts, and at its end as a whole.
// To all that shows it, it is a run like any other.
import { rm } from "node:fs/promises";
import type { JobStepFact, SourceState } from "../../../webview/protocol/messages.ts";
import { newerVersion, type Failure } from "../errors.ts";
import type { LineStore } from "../sessions/lineStore.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { RunSummary } from "../sessions/runSummary.ts";
import { createSignal } from "../sessions/signal.ts";
import { Spool } from "../sessions/spool.ts";
import { archiveDamaged, lineBroken, logRewritten, notFollowed } from "./hostedFailures.ts";
import { SealedLines, type BrokenLine } from "./sealedLines.ts";

export interface HostedRunOptions {
  readonly key: string;
  /** Where it comes from, for a person. */
  readonly origin: string;
  /** Until `run.start` is read. */
  readonly title: string;
  readonly spoolPath: string;
  readonly maxSpoolBytes: () => number;
  /** It ends at the user's wish. */
  readonly onStop: () => void;
  /** The user asks to go on following. */
  readonly onResume: () => void;
  /** Nobody wants it any more. */
  readonly onGone: () => void;
}

const NEWLINE = 0x0a;
/** A longer line is no event of ours; reading it would take memory without a bound. */
const LONGEST_LINE = 8 << 20;

/** Number of the line in which two blocks of lines first differ. */
const firstDifference = (a: Uint8Array, b: Uint8Array, firstLine: number): number => {
  let line = firstLine;
  for (let i = 0; i < Math.min(a.length, b.length) && a[i] === b[i]; i += 1) if (a[i] === NEWLINE) line += 1;
  return line;
};

/** A view that is drawn anew takes away what one just looks at: it is not worth that for what time alone changes. */
const QUIET_MS = 10_000;
const NOTICEABLE_MS = 1500;

/** Whether a state says nothing new, `passed` milliseconds after the one before. */
const isSame = (before: SourceState, state: SourceState, passed: number): boolean => {
  if (before.kind !== "live" || state.kind !== "live" || before.note !== state.note) {
    return JSON.stringify(before) === JSON.stringify(state);
  }
  if (before.behindMs === undefined || state.behindMs === undefined) return before.behindMs === state.behindMs;
  return passed < QUIET_MS && Math.abs(before.behindMs + passed - state.behindMs) < NOTICEABLE_MS;
};

export class HostedRun implements RunSession {
  readonly kind = "hosted";
  readonly key: string;
  readonly origin: string;
  readonly path: string;
  readonly store: LineStore;
  state: SourceState = { kind: "connecting" };
  failure: Failure | undefined;
  jobSteps: readonly JobStepFact[] = [];
  isUnwatched = false;
  readonly #options: HostedRunOptions;
  readonly #spool: Spool;
  readonly #lines: SealedLines;
  readonly #arrivals = createSignal<void>();
  readonly #changes = createSignal<void>();
  /** When `state` was set, for what of it time itself changes. */
  #shownAt = 0;
  #disposed = false;

  private constructor(options: HostedRunOptions, spool: Spool) {
    this.#options = options;
    this.key = options.key;
    this.origin = options.origin;
    this.path = spool.path;
    this.#spool = spool;
    this.#lines = new SealedLines(spool);
    this.store = {
      extents: this.#lines.scanner.extents,
      get size() {
        return spool.size;
      },
      readBytes: (start, end) => spool.readBytes(start, end),
    };
  }

  /** Throws a `UserError` when the local copy can't be made. */
  static async open(options: HostedRunOptions): Promise<HostedRun> {
    const holder: { run?: HostedRun } = {};
    const spool = await Spool.open({
      path: options.spoolPath,
      maxBytes: options.maxSpoolBytes(),
      onFailure: (failure) => holder.run?.failWith(failure),
    });
    const run = new HostedRun(options, spool);
    holder.run = run;
    return run;
  }

  get title(): string {
    return this.summary.title ?? this.#options.title;
  }

  get summary(): RunSummary {
    return this.#lines.scanner.summary;
  }

  get lastSeq(): number {
    return this.#lines.scanner.lastSeq;
  }

  get isOver(): boolean {
    return this.#disposed || this.state.kind === "ended" || this.state.kind === "failed";
  }

  /** What is proven of the lines so far, in a sentence. */
  get proof(): string {
    const { holds, sealedTo, lastSeal } = this.#lines;
    if (this.isUnwatched) return "Made of what GitHub tells, without a collector: nothing proves it.";
    if (lastSeal === undefined)
      return this.lastSeq === 0 ? "" : "No seal has come: nothing shows if a line was altered.";
    return holds ? `All seals hold, the last is ${lastSeal}.` : `The seals hold up to line ${sealedTo}.`;
  }

  onLines(listener: () => void): () => void {
    return this.#arrivals.listen(listener);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Takes the next whole lines; false where the run is over by what they hold. */
  take(bytes: Buffer): boolean {
    if (this.#disposed) return false;
    const broken = this.#lines.take(bytes);
    this.#arrivals.fire();
    if (broken === "full") return false;
    if (broken !== undefined) this.#failBy(broken);
    else this.#changes.fire();
    return broken === undefined;
  }

  /** As much of the local copy as is unwritten may be in memory. */
  room(): Promise<void> {
    return this.#spool.room();
  }

  /**
   * Takes the whole log, of which the first lines may be here already: they must be the same, byte for byte. False where the
   * run is over by what it holds.
   */
  async takeLog(chunks: AsyncIterable<Buffer>): Promise<boolean> {
    let position = 0;
    let line = 1;
    const known = this.#spool.size;
    let rest: Buffer = Buffer.alloc(0);
    /** Takes what are whole lines; the last line of a cut log is none. */
    const takeLines = async (bytes: Buffer): Promise<boolean> => {
      const repeated = Math.min(Math.max(known - position, 0), bytes.length);
      if (repeated > 0) {
        const here = await this.#spool.readBytes(position, position + repeated);
        const there = bytes.subarray(0, repeated);
        if (!there.equals(here)) {
          this.failWith(logRewritten(firstDifference(here, there, line)));
          return false;
        }
        if (position + repeated < known) for (const byte of there) if (byte === NEWLINE) line += 1;
      }
      position += bytes.length;
      await this.#spool.room();
      return repeated === bytes.length || this.take(bytes.subarray(repeated));
    };
    for await (const chunk of chunks) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        rest = Buffer.concat([rest, chunk]);
        if (rest.length <= LONGEST_LINE) continue;
        this.failWith(archiveDamaged(`a line is longer than ${LONGEST_LINE >> 20} MiB`));
        return false;
      }
      if (!(await takeLines(Buffer.concat([rest, chunk.subarray(0, end)])))) return false;
      rest = chunk.subarray(end);
    }
    if (rest.length > 0 && !(await takeLines(rest))) return false;
    if (position < known) {
      this.failWith(logRewritten(line));
      return false;
    }
    if (this.lastSeq === 0) this.failWith(archiveDamaged("it is empty"));
    else this.end();
    return true;
  }

  /** GitHub has told of the job's steps. */
  setJobSteps(steps: readonly JobStepFact[]): void {
    if (JSON.stringify(steps) === JSON.stringify(this.jobSteps)) return;
    this.jobSteps = steps;
    this.#changes.fire();
  }

  /** Shows how it goes on. Nothing changes any more once it is over. */
  show(state: Extract<SourceState, { kind: "connecting" | "live" | "loading" }>): void {
    if (this.isOver || isSame(this.state, state, performance.now() - this.#shownAt)) return;
    this.failure = undefined;
    this.state = state;
    this.#shownAt = performance.now();
    this.#changes.fire();
  }

  /** GitHub can't be asked just now; it is tried again. */
  showLost(failure: Failure, retryInMs: number): void {
    if (this.isOver) return;
    this.failure = failure;
    this.state = { kind: "lost", reason: failure.reason, retryInMs };
    this.#changes.fire();
  }

  /** Nothing more will come. */
  end(): void {
    if (this.isOver) return;
    this.failure = undefined;
    const { proof } = this;
    this.state = { kind: "ended", complete: this.summary.complete, ...(proof === "" ? {} : { proof }) };
    this.#changes.fire();
  }

  failWith(failure: Failure): void {
    if (this.#disposed) return;
    this.failure = failure;
    this.state = { kind: "failed", reason: failure.reason, action: failure.action };
    this.#changes.fire();
  }

  /** Ends the following at the user's wish, and what is being fetched; what came stays. */
  disconnect(): void {
    if (this.isOver) return;
    this.failWith(notFollowed());
    this.#options.onStop();
  }

  /** Goes on after a failure, at the user's wish. */
  resume(): void {
    if (this.#disposed || this.state.kind === "ended") return;
    this.failure = undefined;
    this.state = { kind: "connecting" };
    this.#spool.retry(this.#options.maxSpoolBytes());
    this.#changes.fire();
    this.#options.onResume();
  }

  async flush(): Promise<void> {
    await this.#spool.flush();
  }

  async dispose(_keep: boolean): Promise<void> {
    this.#disposed = true;
    this.#options.onGone();
    await this.#spool.close();
    // It is fetched again where it is wanted again.
    await rm(this.path, { force: true });
  }

  #failBy({ line, reason, newer }: BrokenLine): void {
    this.failWith(
      newer ? newerVersion("This run's log", "2 or later") : lineBroken(line, reason, this.#lines.sealedTo),
    );
  }
}
