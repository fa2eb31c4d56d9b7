// Where the lines of a log start, remembered for few of them: enough to resume near any seq, small for any log.
import type { Position } from "./readableLog.ts";

const START: Position = { seq: 0, offset: 0 };

/** At most `capacity` positions; when they are used up every second one goes and the distance between them doubles. */
export class SparseIndex {
  #entries: Position[] = [START];
  #spacing: number;
  readonly #capacity: number;

  constructor(spacingBytes = 64 * 1024, capacity = 32_768) {
    this.#spacing = spacingBytes;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Offers a position; positions come in rising order. It is kept when it is far enough from the one before. */
  offer(seq: number, offset: number): void {
    const last = this.#entries.at(-1) ?? START;
    if (offset - last.offset < this.#spacing) return;
    if (this.#entries.length >= this.#capacity) {
      this.#entries = this.#entries.filter((_, i) => i % 2 === 0);
      this.#spacing *= 2;
    }
    this.#entries.push({ seq, offset });
  }

  /** The last kept position whose seq is at most `seq`. */
  floor(seq: number): Position {
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#entries[middle]?.seq ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    return this.#entries[low] ?? START;
  }
}
