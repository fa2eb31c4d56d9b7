// A finished log file as something that readers can read.
import type { RunStart } from "../../protocol/events.ts";
import { isKnownEvent } from "../../protocol/decode.ts";
import { closeFd, readFully } from "./fileAccess.ts";
import { NEWLINE } from "./newlines.ts";
import { openLogFile, type OpenFile } from "./openLogFile.ts";
import type { Position, ReadableLog } from "./readableLog.ts";
import { scanLog, type Scanned } from "./scanLog.ts";
import { SparseIndex } from "./sparseIndex.ts";

class FileRecordedLog implements ReadableLog {
  readonly published: Position;
  readonly ended = true;
  readonly #file: OpenFile;
  readonly #textBytes: number;
  readonly #index: SparseIndex;

  constructor(file: OpenFile, scanned: Scanned, index: SparseIndex) {
    this.#file = file;
    this.#index = index;
    this.#textBytes = scanned.bytes;
    this.published = { seq: scanned.events, offset: scanned.bytes + (scanned.unterminated ? 1 : 0) };
  }

  get reachableSeq(): number {
    return this.published.seq;
  }

  positionBefore(seq: number): Position {
    return this.#index.floor(seq);
  }

  /** Reads the file, and the line end after its last line where the file itself has none. */
  async readAt(buffer: Uint8Array, offset: number): Promise<number> {
    const inFile = Math.max(0, Math.min(buffer.length, this.#textBytes - offset));
    const got = await readFully(this.#file.fd, buffer.subarray(0, inFile), offset);
    if (got < inFile || got === buffer.length || offset + got >= this.published.offset) return got;
    buffer[got] = NEWLINE;
    return got + 1;
  }

  onAppend(): () => void {
    return () => undefined;
  }
}

export interface OpenedLog {
  readonly log: ReadableLog;
  /** The log's `run.start`, where it has one. */
  readonly start: RunStart | undefined;
  /** What is wrong with the end of the log, for the user; undefined for a whole one. */
  readonly notice: string | undefined;
  readonly close: () => Promise<void>;
}

/** Opens and checks the log at `path`, whole. Throws a `UserError` that says what is wrong and what to do. */
export const openRecordedLog = async (path: string): Promise<OpenedLog> => {
  const file = await openLogFile(path);
  const close = async (): Promise<void> => void (await closeFd(file.fd).catch(() => undefined));
  const index = new SparseIndex();
  let start: RunStart | undefined;
  try {
    const scanned = await scanLog(file, {
      onEvent: (event) => {
        if (start === undefined && isKnownEvent(event) && event.type === "run.start") start = event;
      },
      onPosition: (seq, offset) => index.offer(seq, offset),
    });
    return { log: new FileRecordedLog(file, scanned, index), start, notice: scanned.notice, close };
  } catch (error) {
    await close();
    throw error;
  }
};
