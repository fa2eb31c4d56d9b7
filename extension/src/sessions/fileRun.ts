// A run that is read from its log file. The file is checked once from start to end, in the background; where it is still
// being written, it is followed. The file is never written, and never held in memory.
import { open, stat, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { SourceState } from "../../../webview/protocol/messages.ts";
import {
  logDamaged,
  logNotReadable,
  logPacked,
  logReplaced,
  newerVersion,
  notALog,
  UserError,
  type Failure,
} from "../errors.ts";
import type { LineStore } from "./lineStore.ts";
import { describeDamage, LogScanner } from "./logScanner.ts";
import type { RunSession } from "./runSession.ts";
import { scanFile } from "./scanFile.ts";
import { createSignal } from "./signal.ts";

const POLL_MS = 500;
/** One that is over changes only where another is put in its place. */
const POLL_ENDED_MS = 2000;
/** A run's first line is in it, at least with its time: no other log begins like that. */
const HEAD_BYTES = 4096;
/** A log that grew this lately is still being written. */
const FRESH_MS = 5000;

const detailOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  return typeof code === "string" ? code : String(error);
};

export interface FileRunOptions {
  readonly key: string;
  readonly path: string;
  /** What the user knows it by; the file's name where absent. */
  readonly name?: string;
  /** How often it is looked whether the file has changed. */
  readonly pollMs?: number;
}

const readHead = async (file: FileHandle): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
};

/** What a file is packed with, by its first bytes. */
const packing = (head: Buffer): string | undefined => {
  if (head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return "compressed with gzip";
  return head.subarray(0, 4).equals(Buffer.from("PK\x03\x04")) ? "a zip archive" : undefined;
};

export class FileRun implements RunSession {
  readonly kind = "file";
  readonly key: string;
  readonly path: string;
  readonly store: LineStore;
  state: SourceState = { kind: "loading", done: 0, total: 0 };
  failure: Failure | undefined;
  readonly #options: FileRunOptions;
  readonly #name: string;
  readonly #file: FileHandle;
  /** The file's first bytes when it was opened. */
  readonly #head: Buffer;
  readonly #scanner = new LogScanner();
  readonly #lines = createSignal<void>();
  readonly #changes = createSignal<void>();
  #size = 0;
  #position = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The time of its last change when its first bytes were last compared. */
  #lookedAt = 0;
  #disposed = false;
  #scanning: Promise<void> = Promise.resolve();

  private constructor(options: FileRunOptions, file: FileHandle, size: number, head: Buffer) {
    const { key, path, name = basename(path) } = options;
    this.#options = options;
    this.key = key;
    this.path = path;
    this.#name = name;
    this.#file = file;
    this.#head = head;
    this.#size = size;
    const scanner = this.#scanner;
    const sizeNow = (): number => this.#size;
    this.store = {
      extents: scanner.extents,
      get size() {
        return sizeNow();
      },
      readBytes: (start, end) => this.#readBytes(start, end),
    };
  }

  /** Opens a log and starts to read it. Throws a `UserError` when it can't be opened. */
  static async open(options: FileRunOptions): Promise<FileRun> {
    const { path, name = basename(path) } = options;
    const isNoFile = (): UserError => new UserError(logNotReadable(name, "it is not a file"));
    try {
      // Asked before it is opened: opening a pipe waits for who writes into it.
      if (!(await stat(path)).isFile()) throw isNoFile();
      const file = await open(path, "r");
      const info = await file.stat();
      if (!info.isFile()) {
        await file.close();
        throw isNoFile();
      }
      const run = new FileRun(options, file, info.size, await readHead(file));
      run.#scanning = run.#scan();
      return run;
    } catch (error) {
      throw error instanceof UserError ? error : new UserError(logNotReadable(name, detailOf(error)));
    }
  }

  get origin(): string {
    return this.path;
  }

  get title(): string {
    return this.#scanner.summary.title ?? this.#name;
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

  /** Resolves when it is known whether this is a run log: with the first event, or with what is wrong. */
  async whenRecognised(): Promise<void> {
    await new Promise<void>((resolve) => {
      const settled = (): boolean => this.summary.events > 0 || this.state.kind !== "loading";
      if (settled()) {
        resolve();
        return;
      }
      const stop = this.onChange(() => {
        if (!settled()) return;
        stop();
        resolve();
      });
    });
  }

  /** Resolves when the file has been read to its present end. */
  async whenRead(): Promise<void> {
    await this.#scanning;
  }

  async flush(): Promise<void> {
    // The file is another's, and whole as it is.
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#timer);
    await this.#scanning;
    await this.#file.close();
  }

  async #readBytes(start: number, end: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafe(end - start);
    try {
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new UserError(logReplaced(this.#name));
        at += bytesRead;
      }
    } catch (error) {
      throw error instanceof UserError ? error : new UserError(logNotReadable(this.#name, detailOf(error)));
    }
    return bytes;
  }

  async #scan(): Promise<void> {
    try {
      // Before the scan: what is written during it may be read or not, and is looked for again.
      const { size } = await this.#file.stat();
      const result = await scanFile(this.#file, this.#scanner, {
        position: this.#position,
        takeUnended: true,
        onBlock: (position) => this.#progress(position),
      });
      this.#position = result.position;
      if (this.#disposed) return;
      this.#size = Math.max(size, this.#position);
      const { mtimeMs } = await this.#file.stat();
      const fresh = Date.now() - mtimeMs < FRESH_MS;
      this.#settle(result.cutOff, fresh);
    } catch (error) {
      this.#set({ ...logNotReadable(this.#name, detailOf(error)) });
    }
  }

  #progress(position: number): boolean {
    this.#position = position;
    const { damage } = this.#scanner;
    // Where not even the first line is an event, the rest is not worth reading.
    const hopeless = this.#scanner.lastSeq === 0 && damage !== undefined;
    if (this.state.kind !== "live") this.state = { kind: "loading", done: position, total: this.#size };
    this.#lines.fire();
    this.#changes.fire();
    return !hopeless && !this.#disposed;
  }

  /** Decides how the run stands after all that the file has now was read. */
  #settle(cutOff: boolean, fresh: boolean): void {
    const { damage, hopeless, lastSeq, summary } = this.#scanner;
    this.#lines.fire();
    if (damage?.newer === true) {
      this.#set(newerVersion(this.#name, "2 or later"));
    } else if (lastSeq === 0 && packing(this.#head) !== undefined) {
      this.#set(logPacked(this.#name, packing(this.#head) ?? ""));
    } else if (lastSeq === 0) {
      this.#set(notALog(this.#name, damage?.firstReason ?? (cutOff ? "the line is not JSON" : "it is empty")));
    } else if (damage !== undefined || hopeless) {
      const what = damage === undefined ? "it has too many empty lines" : describeDamage(damage);
      this.#set(logDamaged(this.#name, hopeless ? `${what}; reading stopped there` : what));
    } else if (cutOff && !fresh) this.#set(logDamaged(this.#name, "its last line is cut off"));
    else {
      this.failure = undefined;
      this.state = !summary.complete && fresh ? { kind: "live" } : { kind: "ended", complete: summary.complete };
      this.#changes.fire();
    }
    if (lastSeq > 0 && !hopeless && damage?.newer !== true) this.#pollSoon();
  }

  #set(failure: Failure): void {
    this.failure = failure;
    this.state = { kind: "failed", reason: failure.reason, action: failure.action };
    this.#changes.fire();
  }

  #pollSoon(): void {
    if (this.#disposed) return;
    const { pollMs = this.summary.complete ? POLL_ENDED_MS : POLL_MS } = this.#options;
    this.#timer = setTimeout(() => {
      this.#scanning = this.#poll();
    }, pollMs);
    this.#timer.unref();
  }

  /** Whether another log has been put in place of this one. One that was deleted can be read on. */
  async #isAnother(mtimeMs: number): Promise<boolean> {
    const there = await stat(this.path).catch(() => undefined);
    const own = await this.#file.stat();
    if (there !== undefined && there.ino !== own.ino && there.isFile()) {
      // Some file systems make up their numbers anew each time.
      const other = await open(this.path, "r");
      try {
        return there.size !== own.size || !(await readHead(other)).equals(await readHead(this.#file));
      } finally {
        await other.close();
      }
    }
    if (mtimeMs === this.#lookedAt) return false;
    this.#lookedAt = mtimeMs;
    return !(await readHead(this.#file)).subarray(0, this.#head.length).equals(this.#head);
  }

  async #poll(): Promise<void> {
    try {
      const { size, mtimeMs } = await this.#file.stat();
      const isReplaced = size < this.#position || (await this.#isAnother(mtimeMs));
      if (this.#disposed) return;
      if (isReplaced) this.#set(logReplaced(this.#name));
      else if (size > this.#size || (this.state.kind === "live" && Date.now() - mtimeMs >= FRESH_MS))
        await this.#scan();
      else this.#pollSoon();
    } catch (error) {
      this.#set(logNotReadable(this.#name, detailOf(error)));
    }
  }
}
