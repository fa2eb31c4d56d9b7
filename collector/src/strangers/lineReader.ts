// Reads the lines of a file that grows, in pieces of bounded size: never more at a time than a moment's work, however much
// there is, and no line longer than anybody needs.
import { closeSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

const CHUNK = 1 << 16;
const TAIL = 64;
/** A longer line says nothing. */
const LONGEST_LINE = 1 << 16;

export class LineReader {
  readonly fd: number;
  readonly #decoder = new StringDecoder("utf8");
  readonly #chunk = Buffer.alloc(CHUNK);
  #position = 0;
  /** The last bytes that were read. */
  #tail = Buffer.alloc(0);
  #rest = "";
  #skipping = false;

  /** Closes `fd` with itself. */
  constructor(fd: number) {
    this.fd = fd;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Reads up to `most` bytes and gives their whole lines to `onLine`; returns how many of them the file did not have. */
  read(most: number, onLine: (line: string) => void): number {
    for (let left = most; left > 0;) {
      const n = readSync(this.fd, this.#chunk, 0, Math.min(this.#chunk.length, left), this.#position);
      if (n === 0) return left;
      this.#position += n;
      if (n >= TAIL) this.#tail = Buffer.from(this.#chunk.subarray(n - TAIL, n));
      else this.#tail = Buffer.concat([this.#tail, this.#chunk.subarray(0, n)]).subarray(-TAIL);
      left -= n;
      this.#take(this.#decoder.write(this.#chunk.subarray(0, n)), onLine);
    }
    return 0;
  }

  /** What was read last is still there: the file has grown, and is no new one in the old one's place. */
  isAsRead(): boolean {
    const there = Buffer.alloc(this.#tail.length);
    const n = readSync(this.fd, there, 0, there.length, this.#position - there.length);
    return n === there.length && there.equals(this.#tail);
  }

  /** Begins again at the file's start. */
  rewind(): void {
    this.#position = 0;
    this.#decoder.end();
    this.#tail = Buffer.alloc(0);
    this.#rest = "";
    this.#skipping = false;
  }

  close(): void {
    closeSync(this.fd);
  }

  #take(text: string, onLine: (line: string) => void): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!this.#skipping && line.length <= LONGEST_LINE) onLine(line.trimEnd());
      this.#skipping = false;
    }
    if (this.#rest.length <= LONGEST_LINE) return;
    this.#skipping = true;
    this.#rest = "";
  }
}
