// A run that is read from its log file. The file is checked once from start to end, in the background; where it is still
// being written, it is followed. The file is never written, and never held in memory.
import { open, type FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { SourceState } from "../../../webview/protocol/messages.ts";
import { logDamaged, logNotReadable, logReplaced, newerVersion, notALog, UserError, type Failure } from "../errors.ts";
import type { LineStore } from "./lineStore.ts";
import { describeDamage, LogScanner } from "./logScanner.ts";
import type { RunSession } from "./runSession.ts";
import { scanFile } from "./scanFile.ts";
import { createSignal } from "./signal.ts";

const POLL_MS = 500;
/** A log that grew this lately is still being written. */
const FRESH_MS = 5000;

const detailOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "no permission";
  return typeof code === "string" ? code : String(error);
};

export class FileRun implements RunSession {
  readonly kind = "file";
  readonly key: string;
  readonly path: string;
  readonly store: LineStore;
  state: SourceState = { kind: "loading", done: 0, total: 0 };
  failure: Failure | undefined;
  readonly #name: string;
  readonly #file: FileHandle;
  readonly #scanner = new LogScanner();
  readonly #lines = createSignal<void>();
  readonly #changes = createSignal<void>();
  #size = 0;
  #position = 0;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;
  #scanning: Promise<void> = Promise.resolve();

  private constructor(key: string, path: string, name: string, file: FileHandle, size: number) {
    this.key = key;
    this.path = path;
    this.#name = name;
    this.#file = file;
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

  /** Opens a log and starts to read it; `name` is what the user knows it by. Throws a `UserError` when it can't be opened. */
  static async open(key: string, path: string, name = basename(path)): Promise<FileRun> {
    let file: FileHandle;
    try {
      file = await open(path, "r");
      const stat = await file.stat();
      if (!stat.isFile()) {
        await file.close();
        throw new UserError(logNotReadable(name, "it is not a file"));
      }
      const run = new FileRun(key, path, name, file, stat.size);
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
    if (!summary.complete && !hopeless && this.failure?.code !== "notALog" && damage?.newer !== true) this.#pollSoon();
  }

  #set(failure: Failure): void {
    this.failure = failure;
    this.state = { kind: "failed", reason: failure.reason, action: failure.action };
    this.#changes.fire();
  }

  #pollSoon(): void {
    if (this.#disposed) return;
    this.#timer = setTimeout(() => {
      this.#scanning = this.#poll();
    }, POLL_MS);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    try {
      const { size, mtimeMs } = await this.#file.stat();
      if (this.#disposed) return;
      if (size < this.#position) this.#set(logReplaced(this.#name));
      else if (size > this.#size || (this.state.kind === "live" && Date.now() - mtimeMs >= FRESH_MS))
        await this.#scan();
      else this.#pollSoon();
    } catch (error) {
      this.#set(logNotReadable(this.#name, detailOf(error)));
    }
  }
}
