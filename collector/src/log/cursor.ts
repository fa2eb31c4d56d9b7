// One reader's place in a log. It holds one chunk at most: however slow the reader is, what it has not read yet waits in
// the file and nowhere else.
import { countLines, NEWLINE } from "./newlines.ts";
import type { Position, ReadableLog } from "./readableLog.ts";

/** No event is near this long; a longer line is damage, or somebody's attempt to fill our memory. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 128 * 1024;

/** Whole lines, each with its line end. */
export interface LogChunk {
  /** seq of the first of them. */
  readonly firstSeq: number;
  /** Valid until the next `read`. */
  readonly bytes: Buffer;
}

export class LogCursor {
  readonly #log: ReadableLog;
  readonly #chunkBytes: number;
  #buffer: Buffer;
  #seq: number;
  #offset: number;
  #skip: number;

  /** A cursor before the line `after + 1`. */
  constructor(log: ReadableLog, after: number, chunkBytes = CHUNK_BYTES) {
    const start: Position = log.positionBefore(after);
    this.#log = log;
    this.#chunkBytes = chunkBytes;
    this.#buffer = Buffer.allocUnsafeSlow(chunkBytes);
    this.#seq = start.seq;
    this.#offset = start.offset;
    this.#skip = after - start.seq;
  }

  /** Something is published that this cursor has not read. */
  get behind(): boolean {
    return this.#seq + this.#skip < this.#log.published.seq;
  }

  /**
   * The next whole lines, as many as fit in a chunk; undefined at the end of what is published. Throws where the file
   * no longer holds what was published.
   */
  async read(): Promise<LogChunk | undefined> {
    while (this.behind) {
      const bytes = await this.#wholeLines();
      const from = this.#startOfWanted(bytes);
      const wanted = bytes.subarray(from);
      if (wanted.length === 0) continue;
      const firstSeq = this.#seq + 1;
      this.#seq += countLines(wanted);
      return { firstSeq, bytes: wanted };
    }
    return undefined;
  }

  /** Reads on from the offset and moves it past the last whole line read. */
  async #wholeLines(): Promise<Buffer> {
    let size = this.#chunkBytes;
    for (;;) {
      if (this.#buffer.length !== size) this.#buffer = Buffer.allocUnsafeSlow(size);
      const available = this.#log.published.offset - this.#offset;
      const want = Math.min(size, available);
      const got = await this.#log.readAt(this.#buffer.subarray(0, want), this.#offset);
      if (got < want) throw new Error("the log file was cut short while it was being read");
      const end = this.#buffer.subarray(0, got).lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        this.#offset += end;
        return this.#buffer.subarray(0, end);
      }
      if (size >= MAX_LINE_BYTES || got === available) {
        throw new Error(`the log holds no whole line from byte ${this.#offset} on`);
      }
      size = Math.min(size * 4, MAX_LINE_BYTES);
    }
  }

  #startOfWanted(bytes: Buffer): number {
    let from = 0;
    while (this.#skip > 0 && from < bytes.length) {
      from = bytes.indexOf(NEWLINE, from) + 1;
      this.#seq += 1;
      this.#skip -= 1;
    }
    return from;
  }
}
