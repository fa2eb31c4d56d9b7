// Cuts a growing log into segments: whole lines, each in exactly one of them.
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

export interface Segment {
  /** seq of its first and last event. */
  readonly first: number;
  readonly last: number;
  readonly bytes: Buffer;
}

const NEWLINE = 10;
/** Of one segment. A line is at most 4 MiB. */
const MOST_BYTES = 16 << 20;

export class SegmentReader {
  readonly #file: FileHandle;
  readonly #mostBytes: number;
  /** Behind the last line that was given away for good. */
  #offset = 0;
  #seq = 0;

  private constructor(file: FileHandle, mostBytes: number) {
    this.#file = file;
    this.#mostBytes = mostBytes;
  }

  static async open(path: string, mostBytes = MOST_BYTES): Promise<SegmentReader> {
    return new SegmentReader(await open(path, constants.O_RDONLY | constants.O_NOFOLLOW), mostBytes);
  }

  /** seq of the last event that is in a segment. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Bytes of all segments so far. */
  get bytes(): number {
    return this.#offset;
  }

  /**
   * The lines behind the last segment, as many as one holds, without the last `less` of them; undefined where there are
   * none. It gives the same lines again, or more, until `take` is told of them.
   */
  async peek(less = 0): Promise<Segment | undefined> {
    const { size } = await this.#file.stat();
    const want = Math.min(this.#mostBytes, size - this.#offset);
    if (want <= 0) return undefined;
    const buffer = Buffer.allocUnsafe(want);
    const { bytesRead } = await this.#file.read(buffer, 0, want, this.#offset);
    const ends: number[] = [];
    for (let at = buffer.indexOf(NEWLINE); at >= 0 && at < bytesRead; at = buffer.indexOf(NEWLINE, at + 1))
      ends.push(at);
    const count = ends.length - less;
    const end = ends[count - 1];
    if (count < 1 || end === undefined) return undefined;
    return { first: this.#seq + 1, last: this.#seq + count, bytes: buffer.subarray(0, end + 1) };
  }

  /** The segment is where it belongs: the next one begins behind it. */
  take(segment: Segment): void {
    if (segment.first !== this.#seq + 1) throw new Error(`a segment from seq ${segment.first} behind ${this.#seq}`);
    this.#offset += segment.bytes.length;
    this.#seq = segment.last;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
