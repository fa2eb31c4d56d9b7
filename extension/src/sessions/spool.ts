// The local copy of a live run: lines are appended as they come, written behind, and read back by any number of cursors.
// What is not yet on disk, and the newest part, is also in memory, so that a page at the end of the run waits for no disk.
import { constants } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { copyFull, copyNotWritten, logNotReadable, UserError, type Failure } from "../errors.ts";

export interface SpoolOptions {
  readonly path: string;
  /** The copy never grows beyond this. */
  readonly maxBytes: number;
  /** Called when no more can be taken, until `retry`. */
  readonly onFailure: (failure: Failure) => void;
}

interface Piece {
  readonly position: number;
  readonly bytes: Buffer;
}

/** This much of the newest lines stays in memory. */
const TAIL_BYTES = 1 << 20;
/**
 * What comes is written in pieces of this size, or so long after it came: it can be read from memory at once, and a write
 * for each piece that the network brings would cost more than all else that is done with it.
 */
const GATHER_BYTES = 256 << 10;
const GATHER_MS = 100;
/** With more than this not yet on disk, reading from the network waits. */
const BEHIND_BYTES = 8 << 20;

const detailOf = (error: unknown): string => {
  const code = (error as { code?: unknown }).code;
  if (code === "ENOSPC") return "the disk is full";
  return typeof code === "string" ? code : String(error);
};

export class Spool {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #onFailure: SpoolOptions["onFailure"];
  #maxBytes: number;
  /** The newest pieces, in order; those before `#written` may go. */
  readonly #pieces: Piece[] = [];
  #size: number;
  #written: number;
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failed = false;
  #waiting: (() => void)[] = [];

  private constructor(file: FileHandle, options: SpoolOptions, size: number) {
    this.#file = file;
    this.#onFailure = options.onFailure;
    this.#maxBytes = options.maxBytes;
    this.path = options.path;
    this.#size = size;
    this.#written = size;
  }

  /**
   * Opens the copy, keeping its first `keep` bytes; only its owner can read it, because command lines are private. Throws a
   * `UserError`.
   */
  static async open(options: SpoolOptions, keep = 0): Promise<Spool> {
    try {
      await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
      const file = await open(options.path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
      // What stands behind is a line that was cut off, or what a second window on the same folder has written since: the same
      // bytes come there again.
      const { size } = await file.stat();
      if (size < keep || (keep === 0 && size > 0)) await file.truncate(keep);
      return new Spool(file, options, keep);
    } catch (error) {
      throw new UserError(copyNotWritten(detailOf(error)));
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Appends bytes; false when they are not taken, of which `onFailure` was told. */
  append(bytes: Buffer): boolean {
    if (this.#failed) return false;
    if (this.#size + bytes.length > this.#maxBytes) {
      this.#fail(copyFull(Math.round(this.#maxBytes / 1_000_000)));
      return false;
    }
    this.#pieces.push({ position: this.#size, bytes });
    this.#size += bytes.length;
    this.#writeSoon();
    return true;
  }

  /** Takes lines again after a failure, and writes what was left unwritten. */
  retry(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#failed = false;
    this.#writeSoon();
  }

  /** Resolves when more can be taken without memory growing beyond its bound. */
  room(): Promise<void> {
    if (this.#failed || this.#size - this.#written <= BEHIND_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async readBytes(start: number, end: number): Promise<Uint8Array> {
    const first = this.#pieces[0];
    if (first !== undefined && start >= first.position) return this.#fromMemory(start, end);
    // What has left memory is on disk; a range that reaches into memory is read from both.
    const diskEnd = Math.min(end, first?.position ?? this.#written);
    const bytes = Buffer.allocUnsafe(end - start);
    const tail = diskEnd < end ? this.#fromMemory(diskEnd, end) : undefined;
    let at = 0;
    while (at < diskEnd - start) {
      const { bytesRead } = await this.#file.read(bytes, at, diskEnd - start - at, start + at);
      if (bytesRead === 0) throw new UserError(logNotReadable(this.path, "it was cut"));
      at += bytesRead;
    }
    if (tail !== undefined) bytes.set(tail, at);
    return bytes;
  }

  /** Resolves when all that was appended is on disk, or can't be. */
  async flush(): Promise<void> {
    const until = this.#size;
    await this.#writing;
    while (!this.#failed && this.#written < until) await this.#startWriting();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#failed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.#file.close();
  }

  #fromMemory(start: number, end: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(end - start);
    let at = 0;
    for (let i = this.#indexAt(start); at < bytes.length; i += 1) {
      const piece = this.#pieces[i];
      if (piece === undefined) throw new UserError(logNotReadable(this.path, "a part is gone"));
      at += piece.bytes.copy(
        bytes,
        at,
        start + at - piece.position,
        Math.min(piece.bytes.length, end - piece.position),
      );
    }
    return bytes;
  }

  /** Index of the piece that holds the byte at `position`. */
  #indexAt(position: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle];
      if (piece !== undefined && piece.position + piece.bytes.length <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #writeSoon(): void {
    const waiting = this.#size - this.#written;
    if (this.#failed || this.#writing !== undefined || waiting === 0) return;
    if (waiting >= GATHER_BYTES) void this.#startWriting();
    else this.#timer ??= setTimeout(() => void this.#startWriting(), GATHER_MS);
  }

  #startWriting(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#writing ??= this.#write());
  }

  /** Writes what waits now. */
  async #write(): Promise<void> {
    try {
      const pending = this.#pieces.slice(this.#indexAt(this.#written));
      const total = pending.reduce((sum, piece) => sum + piece.bytes.length, 0);
      for (let position = this.#written, rest = pending.map((piece) => piece.bytes); rest.length > 0;) {
        const { bytesWritten } = await this.#file.writev(rest, position);
        position += bytesWritten;
        rest = dropBytes(rest, bytesWritten);
      }
      this.#written += total;
      this.#evict();
      this.#release();
    } catch (error) {
      this.#fail(copyNotWritten(detailOf(error)));
    } finally {
      this.#writing = undefined;
      this.#writeSoon();
    }
  }

  #evict(): void {
    let gone = 0;
    for (const piece of this.#pieces) {
      const end = piece.position + piece.bytes.length;
      if (end > this.#written || this.#size - end < TAIL_BYTES) break;
      gone += 1;
    }
    this.#pieces.splice(0, gone);
  }

  #release(): void {
    if (!this.#failed && this.#size - this.#written > BEHIND_BYTES) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #fail(failure: Failure): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#release();
    this.#onFailure(failure);
  }
}

/** What is left of `buffers` after the first `count` bytes of them. */
const dropBytes = (buffers: readonly Buffer[], count: number): Buffer[] => {
  const left: Buffer[] = [];
  let rest = count;
  for (const buffer of buffers) {
    if (rest >= buffer.length) rest -= buffer.length;
    else {
      left.push(buffer.subarray(rest));
      rest = 0;
    }
  }
  return left;
};
