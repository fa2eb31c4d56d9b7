// A run that is followed from a collector. Its lines are copied to a spool file; all that reads them reads that.
import { badEvent, disconnected, newerVersion, type Failure } from "../errors.ts";
import type { SourceState } from "../../../webview/protocol/messages.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import { LiveStream, SILENCE_MS, type LineSink, type StreamState } from "../stream/liveStream.ts";
import type { ReconnectPolicy } from "../stream/reconnectPolicy.ts";
import type { LineStore } from "./lineStore.ts";
import { describeDamage, type LogScanner } from "./logScanner.ts";
import type { RunSession } from "./runSession.ts";
import { createSignal } from "./signal.ts";
import { openSpool, type RestoredSpool } from "./restoreSpool.ts";
import { rm } from "node:fs/promises";
import { basename } from "node:path";

export interface LiveRunOptions {
  readonly endpoint: Endpoint;
  readonly run: string;
  /** Until `run.start` is read. */
  readonly title: string;
  readonly token: string;
  readonly spoolPath: string;
  readonly maxSpoolBytes: () => number;
  readonly policy: () => ReconnectPolicy;
}

/** By its copy too: a collector may have had several runs of one name, each in its time. */
const keyOf = ({ endpoint, run, spoolPath }: LiveRunOptions): string =>
  `live:${endpoint.base}#${run}@${basename(spoolPath, ".ndjson")}`;

export class LiveRun implements RunSession, LineSink {
  readonly kind = "live";
  readonly key: string;
  readonly endpoint: Endpoint;
  readonly run: string;
  readonly path: string;
  readonly store: LineStore;
  state: SourceState = { kind: "connecting" };
  failure: Failure | undefined;
  /** seq of the last event taken from the stream, also when it is not yet in the store. */
  lastSeq: number;
  /** The event with that number, as it was sent. */
  lastLine: string | undefined;
  readonly #options: LiveRunOptions;
  readonly #scanner: LogScanner;
  readonly #spool: RestoredSpool["spool"];
  readonly #lines = createSignal<void>();
  readonly #changes = createSignal<void>();
  #stream: LiveStream;
  #pending: string[] = [];
  /** The last line in the store. */
  #storedLine: string | undefined;

  private constructor(options: LiveRunOptions, restored: RestoredSpool) {
    this.#options = options;
    this.endpoint = options.endpoint;
    this.run = options.run;
    this.key = keyOf(options);
    this.#spool = restored.spool;
    this.#scanner = restored.scanner;
    this.path = restored.spool.path;
    this.lastSeq = restored.scanner.lastSeq;
    this.#storedLine = restored.lastLine;
    restored.scanner.stopAtDamage = true;
    const { spool, scanner } = restored;
    this.store = {
      extents: scanner.extents,
      get size() {
        return spool.size;
      },
      readBytes: (start, end) => spool.readBytes(start, end),
    };
    this.#stream = this.#newStream(options.token);
  }

  /**
   * Opens the local copy, with all that an earlier window left in it, and does not yet connect. Throws a `UserError` when
   * the copy can't be made.
   */
  static async open(options: LiveRunOptions): Promise<LiveRun> {
    const holder: { run?: LiveRun } = {};
    const restored = await openSpool({
      path: options.spoolPath,
      maxBytes: options.maxSpoolBytes(),
      onFailure: (failure) => holder.run?.failWith(failure),
    });
    const run = new LiveRun(options, restored);
    holder.run = run;
    if (run.summary.complete) run.#end();
    return run;
  }

  get origin(): string {
    return this.endpoint.origin;
  }

  get title(): string {
    return this.#scanner.summary.title ?? this.#options.title;
  }

  get summary(): LogScanner["summary"] {
    return this.#scanner.summary;
  }

  onLines(listener: () => void): () => void {
    return this.#lines.listen(listener);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.listen(listener);
  }

  /** Connects, or connects anew, and goes on after the last event that is here; with `token` where a new one is known. */
  connect(token?: string): void {
    if (this.summary.complete) return;
    if (token !== undefined) this.#stream = this.#newStream(token);
    this.#spool.retry(this.#options.maxSpoolBytes());
    this.#pending = [];
    this.lastSeq = this.#scanner.lastSeq;
    this.lastLine = this.#storedLine;
    this.#scanner.damage = undefined;
    this.#stream.start();
  }

  /** Cuts a wait before the next try short. */
  retryNow(): void {
    this.#stream.retryNow();
  }

  /** Ends the following at the user's wish; what came stays. */
  disconnect(): void {
    this.failWith(disconnected(this.origin));
  }

  /** Shows why following ended. */
  failWith(failure: Failure): void {
    this.#stream.stop();
    this.#show({ kind: "failed", failure });
  }

  push(line: string): void {
    if (this.#pending.length === 0) queueMicrotask(() => this.#store());
    this.#pending.push(line);
    this.lastSeq += 1;
    this.lastLine = line;
  }

  room(): Promise<void> {
    return this.#spool.room();
  }

  async flush(): Promise<void> {
    await this.#spool.flush();
  }

  async dispose(keep: boolean): Promise<void> {
    this.#stream.stop();
    await this.#spool.close();
    if (!keep) await rm(this.path, { force: true });
  }

  #newStream(token: string): LiveStream {
    this.#stream?.stop();
    const stream: LiveStream = new LiveStream({
      endpoint: this.endpoint,
      run: this.run,
      token,
      sink: this,
      policy: this.#options.policy,
      silenceMs: SILENCE_MS,
      random: Math.random,
      onState: (state) => {
        if (stream === this.#stream) this.#show(state);
      },
    });
    return stream;
  }

  /** All that one piece of network data brought is stored at once. */
  #store(): void {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    const bytes = Buffer.from(`${lines.join("\n")}\n`);
    this.#pending = [];
    const position = this.#spool.size;
    if (!this.#spool.append(bytes)) return;
    const before = this.#scanner.lastSeq;
    this.#scanner.feed(bytes, position);
    // Each takes one number more; behind the first that is wrong none is taken.
    this.#storedLine = lines[this.#scanner.lastSeq - before - 1] ?? this.#storedLine;
    this.#lines.fire();
    this.#changes.fire();
    const { damage, lastSeq } = this.#scanner;
    if (damage !== undefined) {
      this.failWith(
        damage.newer
          ? newerVersion(`The collector at ${this.origin}`, "2 or later")
          : badEvent(this.origin, lastSeq + 1, describeDamage(damage)),
      );
    } else if (this.summary.complete) this.#end();
  }

  #end(): void {
    this.#stream.stop();
    this.failure = undefined;
    this.state = { kind: "ended", complete: this.summary.complete };
    this.#changes.fire();
  }

  #show(state: StreamState): void {
    switch (state.kind) {
      case "stopped":
        return;
      case "ended":
        this.#end();
        return;
      case "connecting":
      case "live":
        this.failure = undefined;
        this.state = state;
        break;
      case "lost":
        this.failure = state.failure;
        this.state = { kind: "lost", reason: state.failure.reason, retryInMs: state.retryInMs };
        break;
      case "failed":
        this.failure = state.failure;
        this.state = { kind: "failed", reason: state.failure.reason, action: state.failure.action };
        break;
    }
    this.#changes.fire();
  }
}
