// The log of a run while it is written: the single source for every reader. Lines are published as they are taken, and
// written at the end of a file by large writes, one at a time. What is not in the file yet is read from memory, so a disk
// that is slow or full keeps nobody from seeing what happens.
import { messageOf, UserError } from "../errors.ts";
import { closeFd, errnoOf, readFully, truncateFd, writeOnce } from "./fileAccess.ts";
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
  /** seq of the last line that readers can see: the last one that was taken. */
  readonly lastSeq: number;
  /** The last whole line in the file. */
  readonly written: Position;
  /**
   * Takes `count` whole NDJSON lines, numbered on from the last line taken, as UTF-8; copies them. Never blocks: they are
   * written soon, in order. Returns false, and takes nothing, while more than the bound waits for the disk (full or slow) and after
   * `end`: the caller then counts those events as lost and uses their seq numbers again for what comes next.
   */
  append(lines: Uint8Array, count: number): boolean;
  /**
   * Resolves when all that was taken is in the file; rejects with a `UserError` when the disk stays full. The file then
   * survives our death. That of the machine it survives some seconds later: a sync here would make each run end later.
   */
  flush(): Promise<void>;
  /**
   * Writes what waits and ends the log; readers that reach the end are told so. Where the disk stays full the file is
   * cut back to its last whole line and this rejects with a `UserError`; the log is ended all the same, and readers can
   * still read what did not get into the file.
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

const START: Position = { seq: 0, offset: 0 };
const DEFAULT_BOUND_BYTES = 64 * 1024 * 1024;
const DEFAULT_PATIENCE_MS = 5_000;
const RETRY_MS = { first: 50, most: 1_000 } as const;
/** A disk that does not answer at all is given this many times the patience for one that says it is full. */
const SLOW_DISK_FACTOR = 6;

/** `text` is ASCII. */
const beginsWith = (bytes: Uint8Array, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class FileRunLog implements RunLog {
  readonly path: string;
  readonly runId: string;
  readonly #fd: number;
  readonly #options: RunLogOptions;
  readonly #pending = new PendingLines();
  readonly #index = new SparseIndex();
  readonly #readers = new Listeners();
  readonly #onWritten = new Listeners();
  #published: Position = START;
  #written: Position = START;
  /** End of the bytes in the file; past `written` while a line is half written. */
  #fileEnd = 0;
  #loop: Promise<void> | undefined;
  #wakePlanned = false;
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

  get written(): Position {
    return this.#written;
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

  async readAt(buffer: Uint8Array, offset: number): Promise<number> {
    let done = 0;
    while (done < buffer.length) {
      const at = offset + done;
      // From memory in one go with the look at where it starts: in the next turn it may be in the file only.
      const inFile = this.#pending.start - at;
      const rest = buffer.subarray(done, inFile > 0 ? Math.min(buffer.length, done + inFile) : buffer.length);
      const got = inFile > 0 ? await readFully(this.#fd, rest, at) : this.#pending.copy(rest, at);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  onAppend(listener: () => void): () => void {
    return this.#readers.add(listener);
  }

  append(lines: Uint8Array, count: number): boolean {
    if (this.#ending) return false;
    const { seq } = this.#published;
    if (!beginsWith(lines, `{"v":1,"seq":${seq + 1},`) || lines.at(-1) !== NEWLINE) {
      throw new Error(`append must go on with whole lines from seq ${seq + 1}`);
    }
    const waiting = this.#pending.end - this.#fileEnd;
    if (waiting >= (this.#options.boundBytes ?? DEFAULT_BOUND_BYTES)) return false;
    this.#index.offer(seq, this.#published.offset);
    this.#pending.push(lines, count);
    this.#published = { seq: seq + count, offset: this.#pending.end };
    this.#planWake();
    this.#startWriting();
    return true;
  }

  async flush(): Promise<void> {
    const target = this.#published.seq;
    const patience = this.#options.patienceMs ?? DEFAULT_PATIENCE_MS;
    let seen = this.#fileEnd;
    let since = Date.now();
    while (this.#written.seq < target) {
      await this.#progress(Math.min(100, patience));
      const waited = Date.now() - since;
      if (this.#fileEnd !== seen) {
        seen = this.#fileEnd;
        since = Date.now();
      } else if (this.#stall !== undefined ? waited >= patience : waited >= patience * SLOW_DISK_FACTOR) {
        const lines = target - this.#written.seq;
        const many = lines === 1 ? "its last event is lost" : `its last ${lines} events are lost`;
        const wait = this.#ending ? many : `${lines} events wait`;
        throw new UserError(`${this.#stall ?? `the disk of ${this.path} does not answer`}; ${wait}`, 3);
      }
    }
  }

  async end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    try {
      await this.flush();
    } catch (error) {
      await this.#abandon();
      await truncateFd(this.#fd, this.#written.offset).catch(() => undefined);
      throw error;
    } finally {
      this.#ended = true;
      this.#readers.call();
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

  /** Resolves at the next write that came through, at the latest after `ms`. */
  #progress(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        remove();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const remove = this.#onWritten.add(done);
    });
  }

  /** Tells the readers, once for all that is appended in this turn of the event loop. */
  #planWake(): void {
    if (this.#wakePlanned) return;
    this.#wakePlanned = true;
    setImmediate(() => {
      this.#wakePlanned = false;
      this.#readers.call();
    });
  }

  #startWriting(): void {
    // After this turn of the event loop, so that all that is appended in it is one write.
    this.#loop ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#pending.first(); batch !== undefined; batch = this.#pending.first()) {
      await this.#writeBatch(batch);
      if (this.#abandoned) return;
      this.#pending.drop();
    }
    // In the same turn as the last look at what waits, or a line taken in between would stay there.
    this.#loop = undefined;
  }

  async #writeBatch({ offset, bytes, lines }: Batch): Promise<void> {
    const before = this.#written.seq;
    let delay: number = RETRY_MS.first;
    while (this.#fileEnd < offset + bytes.length && !this.#abandoned) {
      try {
        this.#fileEnd += await writeOnce(this.#fd, bytes.subarray(this.#fileEnd - offset), this.#fileEnd);
        delay = RETRY_MS.first;
        const done = this.#fileEnd - offset;
        // A short write is how a disk fills up: what came through whole counts, the rest is tried again.
        const whole = done === bytes.length ? done : bytes.lastIndexOf(NEWLINE, done - 1) + 1;
        const seq = before + (done === bytes.length ? lines : countLines(bytes.subarray(0, whole)));
        this.#written = { seq, offset: offset + whole };
        this.#onWritten.call();
      } catch (error) {
        this.#setStall(this.#stallMessage(error));
        await sleep(delay);
        delay = Math.min(delay * 2, RETRY_MS.most);
      }
    }
    if (!this.#abandoned) this.#setStall(undefined);
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
