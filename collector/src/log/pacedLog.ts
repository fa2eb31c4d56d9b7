// A recording that is published again at the pace of its events, so that a client cannot tell it from a live run.
import { LogCursor } from "./cursor.ts";
import { lineHead } from "./lineHead.ts";
import { Listeners } from "./listeners.ts";
import type { Position, ReadableLog } from "./readableLog.ts";

export interface PacedLog extends ReadableLog {
  /** Resolves when all is published or `stop` was called; rejects where the file can no longer be read. */
  readonly done: Promise<void>;
  stop(): void;
}

/** Timers are not finer than this, and a client does not see a difference. */
const LEAST_WAIT_MS = 4;
const MOST_WAIT_MS = 60_000;

class RecordingAtPace implements PacedLog {
  readonly done: Promise<void>;
  readonly #source: ReadableLog;
  readonly #speed: number;
  readonly #listeners = new Listeners();
  readonly #stopped = new AbortController();
  #published: Position = { seq: 0, offset: 0 };
  #ended = false;

  constructor(source: ReadableLog, speed: number) {
    this.#source = source;
    this.#speed = speed;
    this.done = this.#play();
  }

  get published(): Position {
    return this.#published;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get reachableSeq(): number {
    return this.#source.reachableSeq;
  }

  positionBefore(seq: number): Position {
    // A seq that is not published yet is waited for from the end of what is.
    return this.#source.positionBefore(Math.min(seq, this.#published.seq));
  }

  readAt(buffer: Uint8Array, offset: number): Promise<number> {
    return this.#source.readAt(buffer, offset);
  }

  onAppend(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #play(): Promise<void> {
    const cursor = new LogCursor(this.#source, 0);
    const startedAt = performance.now();
    let first: number | undefined;
    let latest = 0;
    let position: Position = this.#published;
    for (let chunk = await cursor.read(); chunk !== undefined; chunk = await cursor.read()) {
      for (const line of chunk.bytes.toString("latin1").split("\n").slice(0, -1)) {
        const t = lineHead(line)?.t;
        if (t !== undefined) {
          first ??= t;
          // Events can be a little out of order; none is held back for that.
          latest = Math.max(latest, t);
        }
        const due = startedAt + (latest - (first ?? latest)) / 1000 / this.#speed;
        if (due - performance.now() >= LEAST_WAIT_MS) {
          this.#publish(position);
          await this.#sleepUntil(due);
        }
        if (this.#stopped.signal.aborted) return;
        position = { seq: position.seq + 1, offset: position.offset + line.length + 1 };
      }
      this.#publish(position);
    }
    this.#ended = true;
    this.#listeners.call();
  }

  #publish(position: Position): void {
    if (position.seq === this.#published.seq) return;
    this.#published = position;
    this.#listeners.call();
  }

  async #sleepUntil(due: number): Promise<void> {
    for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
      if (this.#stopped.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.#stopped.signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, MOST_WAIT_MS));
        this.#stopped.signal.addEventListener("abort", done);
      });
    }
  }
}

/** Publishes `source` from its start, `speed` times as fast as it was recorded, beginning now. */
export const paceLog = (source: ReadableLog, speed: number): PacedLog => new RecordingAtPace(source, speed);
