// The log of a run while it is written: the single source for every reader. Lines are appended at the end of a file by
// large writes, one at a time; what is written whole is published, and readers see only that.
import { messageOf, UserError } from "../errors.ts";
import { closeFd, errnoOf, readFully, syncFd, truncateFd, writeOnce } from "./fileAccess.ts";
import { Listeners } from "./listeners.ts";
import { openNewLogFile } from "./newLogFile.ts";
import { countLines, NEWLINE } from "./newlines.ts";
import { PendingLines, type Batch } from "./pendingLines.ts";
import type { Position, ReadableLog } from "./readableLog.ts";
import { SparseIndex } from "./sparseIndex.ts";

/** Appends lines to the run's log, and is what readers read. */
export interface RunLog extends ReadableLog {
  readonly path: string;
  readonly runId: string;
  /** seq of the last line that readers can see. */
  readonly lastSeq: number;
  /**
   * Takes `count` whole NDJSON lines, numbered on from the last line taken. Never blocks: they are written soon, in
   * order. Returns false, and takes nothing, while more than the bound waits for the disk (full or slow) and after
   * `end`: the caller then counts those events as lost and uses their seq numbers again for what comes next.
   */
  append(lines: string, count: number): boolean;
  /** Resolves when all that was taken is in the file; rejects with a `UserError` when the disk stays full. */
  flush(): Promise<void>;
  /**
   * Writes what waits and ends the log; readers that reach the end are told so. Where the disk stays full the file is
   * cut back to its last whole line and this rejects with a `UserError`, but the log is ended all the same.
   */
  end(): Promise<void>;
  /** Ends reading too. Call it after the last reader is gone. */
  close(): Promise<void>;
}

export interface RunLogOptions {
  /** Replace a file with content that is there already. */
  readonly overwrite?: boolean;
  /** Most bytes that wait for the disk; 64 MiB where absent. */
  readonly boundBytes?: number;
  /** How long `flush` waits without progress on a full disk, in ms; 5,000 where absent. */
  readonly patienceMs?: number;
  /** Told once when the disk refuses (with what to do) and once when it takes data again (undefined). */
  readonly onStall?: (message: string | undefined) => void;
}

const RETRY_MS = { first: 50, most: 1_000 } as const;
/** A disk that does not answer at all is given this many times the patience for one that says it is full. */
const SLOW_DISK_FACTOR = 6;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class FileRunLog implements RunLog {
  readonly path: string;
  readonly runId: string;
  readonly #fd: number;
  readonly #options: RunLogOptions;
  readonly #pending = new PendingLines();
  readonly #index = new SparseIndex();
  readonly #listeners = new Listeners();
  #published: Position = { seq: 0, offset: 0 };
  /** End of the bytes in the file; past `published` while a line is half written. */
  #fileEnd = 0;
  #takenSeq = 0;
  #inFlightBytes = 0;
  #loop: Promise<void> | undefined;
  #stall: string | undefined;
  #ending = false;
  #ended = false;
  #abandoned = false;

  constructor(path: string, runId: string, fd: number, options: RunLogOptions) {
    this.path = path;
    this.runId = runId;
    this.#fd = fd;
    this.#options = options;
  }

  get published(): Position {
    return this.#published;
  }

  get lastSeq(): number {
    return this.#published.seq;
  }

  get reachableSeq(): number {
    return this.#published.seq;
  }

  get ended(): boolean {
    return this.#ended;
  }

  positionBefore(seq: number): Position {
    return this.#index.floor(seq);
  }

  readAt(buffer: Uint8Array, offset: number): Promise<number> {
    return readFully(this.#fd, buffer, offset);
  }

  onAppend(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  append(lines: string, count: number): boolean {
    if (this.#ending) return false;
    if (!lines.startsWith(`{"v":1,"seq":${this.#takenSeq + 1},`) || !lines.endsWith("\n")) {
      throw new Error(`append must go on with whole lines from seq ${this.#takenSeq + 1}`);
    }
    if (this.#pending.bytes + this.#inFlightBytes >= (this.#options.boundBytes ?? 64 * 1024 * 1024)) return false;
    this.#pending.push(lines, count);
    this.#takenSeq += count;
    this.#startWriting();
    return true;
  }

  async flush(): Promise<void> {
    const target = this.#takenSeq;
    const patience = this.#options.patienceMs ?? 5_000;
    let seen = this.#fileEnd;
    let since = Date.now();
    while (this.#published.seq < target) {
      await this.#grown(Math.min(100, patience));
      const waited = Date.now() - since;
      if (this.#fileEnd !== seen) {
        seen = this.#fileEnd;
        since = Date.now();
      } else if (this.#stall !== undefined ? waited >= patience : waited >= patience * SLOW_DISK_FACTOR) {
        const lines = target - this.#published.seq;
        throw new UserError(`${this.#stall ?? `the disk of ${this.path} does not answer`}; ${lines} events wait`, 3);
      }
    }
  }

  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    try {
      await this.flush();
      await Promise.race([syncFd(this.#fd), sleep(this.#options.patienceMs ?? 5_000)]);
    } catch (error) {
      await this.#abandon();
      await truncateFd(this.#fd, this.#published.offset).catch(() => undefined);
      throw error instanceof UserError ? error : new UserError(this.#stallMessage(error), 3);
    } finally {
      this.#ended = true;
      this.#listeners.call();
    }
  }

  async close(): Promise<void> {
    this.#ending = true;
    this.#ended = true;
    await this.#abandon();
    await closeFd(this.#fd).catch(() => undefined);
  }

  /** Stops writing, so that no late write lands in the file; waits for a write under way unless the disk hangs. */
  async #abandon(): Promise<void> {
    this.#abandoned = true;
    await Promise.race([this.#loop, sleep(2 * RETRY_MS.most)]);
  }

  #grown(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        remove();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const remove = this.#listeners.add(done);
    });
  }

  #startWriting(): void {
    // After this turn of the event loop, so that all that is appended in it is one write.
    this.#loop ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#pending.shift(); batch !== undefined; batch = this.#pending.shift()) {
      this.#inFlightBytes = batch.bytes.length;
      await this.#writeBatch(batch);
      if (this.#abandoned) return;
      this.#pending.recycle(batch);
    }
    this.#inFlightBytes = 0;
    // In the same turn as the last look at what waits, or a line taken in between would stay there.
    this.#loop = undefined;
  }

  async #writeBatch(batch: Batch): Promise<void> {
    let written = 0;
    let lines = batch.lines;
    let publishedTo = 0;
    let delay: number = RETRY_MS.first;
    while (written < batch.bytes.length && !this.#abandoned) {
      try {
        const n = await writeOnce(this.#fd, batch.bytes.subarray(written), this.#fileEnd);
        if (this.#abandoned) return;
        written += n;
        this.#fileEnd += n;
        delay = RETRY_MS.first;
        if (written < batch.bytes.length) {
          // A short write is how a disk fills up: what came through whole is shown, the rest is tried again.
          const end = batch.bytes.lastIndexOf(NEWLINE, written - 1) + 1;
          const whole = end > publishedTo ? countLines(batch.bytes.subarray(publishedTo, end)) : 0;
          if (whole > 0) this.#publish(whole, end - publishedTo);
          publishedTo = Math.max(publishedTo, end);
          lines -= whole;
        }
      } catch (error) {
        this.#setStall(this.#stallMessage(error));
        await sleep(delay);
        delay = Math.min(delay * 2, RETRY_MS.most);
      }
    }
    if (this.#abandoned) return;
    this.#setStall(undefined);
    this.#publish(lines, batch.bytes.length - publishedTo);
  }

  #publish(lines: number, bytes: number): void {
    this.#published = { seq: this.#published.seq + lines, offset: this.#published.offset + bytes };
    this.#index.offer(this.#published.seq, this.#published.offset);
    this.#listeners.call();
  }

  #setStall(message: string | undefined): void {
    const changed = (this.#stall === undefined) !== (message === undefined);
    this.#stall = message;
    if (changed) this.#options.onStall?.(message);
  }

  #stallMessage(error: unknown): string {
    const full = ["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "");
    const what = full ? "the disk is full: free some space" : messageOf(error);
    return `cannot write the log ${this.path}: ${what}`;
  }
}

/**
 * Makes the log of a new run at `path`, mode 0600. Throws a `UserError` where a non-empty file is there (unless
 * `overwrite` is asked for), something else than a file is there, or the place cannot be written.
 */
export const createRunLog = async (path: string, runId: string, options: RunLogOptions = {}): Promise<RunLog> =>
  new FileRunLog(path, runId, await openNewLogFile(path, options.overwrite ?? false), options);
