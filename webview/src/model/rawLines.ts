// Keeps the newest raw bytes of the log, so that the details can show an event as it stands in the log. Bounded: the
// log itself has the rest.

interface Kept {
  readonly bytes: Uint8Array;
  readonly firstSeq: number;
}

export const MAX_RAW_BYTES = 32 << 20;

export class RawLines {
  readonly #maxBytes: number;
  #kept: Kept[] = [];
  #bytes = 0;

  constructor(maxBytes = MAX_RAW_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: Uint8Array, firstSeq: number): void {
    this.#kept.push({ bytes, firstSeq });
    this.#bytes += bytes.length;
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#kept.shift();
      if (oldest === undefined) return;
      this.#bytes -= oldest.bytes.length;
    }
  }

  clear(): void {
    this.#kept = [];
    this.#bytes = 0;
  }

  /** The line of the event `seq`, where it is still kept. */
  find(seq: number): string | undefined {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle]?.firstSeq ?? Infinity) <= seq) low = middle + 1;
      else high = middle;
    }
    const chunk = this.#kept[low - 1];
    return chunk === undefined ? undefined : findLine(chunk.bytes, seq);
  }
}

/** The line of `bytes` whose event has this seq: its text is looked for first, then the JSON is asked. */
const findLine = (bytes: Uint8Array, seq: number): string | undefined => {
  const text = new TextDecoder().decode(bytes);
  const pattern = new RegExp(`"seq"\\s*:\\s*${seq}(?![0-9])`, "g");
  for (const match of text.matchAll(pattern)) {
    const start = text.lastIndexOf("\n", match.index) + 1;
    const end = text.indexOf("\n", match.index);
    const line = text.slice(start, end < 0 ? text.length : end);
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null && "seq" in value && value.seq === seq) return line;
    } catch {
      // A bad line that happens to hold the text; the right one may follow.
    }
  }
  return undefined;
};
