// Takes chunks of NDJSON in and hands them on line by line, in slices: whoever calls `work` says until when, so that
// a chunk of any size never holds up a frame.

interface Chunk {
  readonly bytes: Uint8Array;
  readonly chunk: number;
  at: number;
}

/** Bytes decoded at once; the text of a slice lives only until its lines are read. */
const SLICE_BYTES = 64 << 10;
const LINE_FEED = 10;

export class Intake {
  readonly #apply: (line: string) => void;
  readonly #done: (chunk: number) => void;
  readonly #now: () => number;
  readonly #decoder = new TextDecoder();
  #queue: Chunk[] = [];
  #text = "";
  #textAt = 0;

  /** `apply` gets each line without its line end; `done` is called once for each chunk, when its last line is read. */
  constructor(apply: (line: string) => void, done: (chunk: number) => void, now: () => number) {
    this.#apply = apply;
    this.#done = done;
    this.#now = now;
  }

  push(bytes: ArrayBuffer | Uint8Array, chunk: number): void {
    this.#queue.push({ bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), chunk, at: 0 });
  }

  get idle(): boolean {
    return this.#queue.length === 0;
  }

  /** Forgets what is queued; each chunk still counts as done, because its sender waits for that. */
  clear(): void {
    const queue = this.#queue;
    this.#queue = [];
    this.#text = "";
    this.#textAt = 0;
    for (const { chunk } of queue) this.#done(chunk);
  }

  /** Reads lines until `deadline` (milliseconds of the clock given); true when there is more to do. */
  work(deadline: number): boolean {
    let lines = 0;
    for (;;) {
      const line = this.#nextLine();
      if (line === undefined) return false;
      this.#apply(line);
      lines += 1;
      if ((lines & 31) === 0 && this.#now() >= deadline) return !this.idle;
    }
  }

  #nextLine(): string | undefined {
    if (this.#textAt >= this.#text.length && !this.#decodeMore()) return undefined;
    const end = this.#text.indexOf("\n", this.#textAt);
    const stop = end < 0 ? this.#text.length : end;
    const line = this.#text.slice(this.#textAt, stop);
    this.#textAt = stop + 1;
    if (this.#textAt >= this.#text.length) this.#finishChunk();
    return line;
  }

  /** The next run of whole lines as text; false when nothing is left. */
  #decodeMore(): boolean {
    this.#text = "";
    this.#textAt = 0;
    for (;;) {
      const head = this.#queue[0];
      if (head === undefined) return false;
      if (head.at >= head.bytes.length) {
        this.#queue.shift();
        this.#done(head.chunk);
        continue;
      }
      let end = head.bytes.length;
      if (end - head.at > SLICE_BYTES) {
        const feed = head.bytes.indexOf(LINE_FEED, head.at + SLICE_BYTES);
        if (feed >= 0) end = feed + 1;
      }
      this.#text = this.#decoder.decode(head.bytes.subarray(head.at, end));
      head.at = end;
      if (this.#text.length > 0) return true;
    }
  }

  /** Says that a chunk is done as soon as its last line is handed out, not when the next chunk begins. */
  #finishChunk(): void {
    const head = this.#queue[0];
    if (head === undefined || head.at < head.bytes.length) return;
    this.#queue.shift();
    this.#done(head.chunk);
  }
}
