// The rows that can be seen, from the first to the last: a list with fast insertion in the middle, because a live run
// adds rows below any process. Kept in chunks; a row knows its chunk, and its place within is searched.

import { capacityFor } from "./columns.ts";

const CHUNK = 1024;
const FILL = 768;

class Chunk {
  /** From 1; stays the same while the chunk moves. */
  readonly id: number;
  readonly rows = new Int32Array(CHUNK);
  count = 0;
  /** Place of the first row in the whole list; right when the list is not dirty. */
  start = 0;

  constructor(id: number) {
    this.id = id;
  }
}

export class RowOrder {
  #chunks: Chunk[] = [];
  #byId: Chunk[] = [];
  /** By row: the id of the chunk that holds it, 0 for none. */
  #homes = new Int32Array(capacityFor(1));
  #count = 0;
  #dirty = false;

  get count(): number {
    return this.#count;
  }

  has(row: number): boolean {
    return (this.#homes[row] ?? 0) !== 0;
  }

  clear(): void {
    this.#chunks = [];
    this.#byId = [];
    this.#homes.fill(0);
    this.#count = 0;
    this.#dirty = false;
  }

  #newChunk(): Chunk {
    const chunk = new Chunk(this.#byId.length + 1);
    this.#byId.push(chunk);
    return chunk;
  }

  #home(row: number): Chunk | undefined {
    return this.#byId[(this.#homes[row] ?? 0) - 1];
  }

  #settleIn(row: number, chunk: Chunk): void {
    if (row >= this.#homes.length) {
      const grown = new Int32Array(capacityFor(row + 1));
      grown.set(this.#homes);
      this.#homes = grown;
    }
    this.#homes[row] = chunk.id;
  }

  /** Adds `row` at the end. */
  push(row: number): void {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.count >= FILL) {
      chunk = this.#newChunk();
      chunk.start = this.#count;
      this.#chunks.push(chunk);
    }
    chunk.rows[chunk.count++] = row;
    this.#settleIn(row, chunk);
    this.#count += 1;
  }

  /** Adds `row` right after `anchor`, which is in the list; false where it is not. */
  insertAfter(anchor: number, row: number): boolean {
    let chunk = this.#home(anchor);
    if (chunk === undefined) return false;
    if (chunk.count === CHUNK) {
      this.#split(chunk);
      chunk = this.#home(anchor) ?? chunk;
    }
    const at = chunk.rows.lastIndexOf(anchor, chunk.count - 1) + 1;
    chunk.rows.copyWithin(at + 1, at, chunk.count);
    chunk.rows[at] = row;
    chunk.count += 1;
    this.#settleIn(row, chunk);
    this.#count += 1;
    if (chunk !== this.#chunks.at(-1)) this.#dirty = true;
    return true;
  }

  #split(chunk: Chunk): void {
    const half = CHUNK >> 1;
    const second = this.#newChunk();
    second.rows.set(chunk.rows.subarray(half, chunk.count));
    second.count = chunk.count - half;
    chunk.count = half;
    for (let i = 0; i < second.count; i++) this.#settleIn(second.rows[i] ?? 0, second);
    this.#chunks.splice(this.#chunks.indexOf(chunk) + 1, 0, second);
    this.#dirty = true;
  }

  #settle(): void {
    if (!this.#dirty) return;
    let start = 0;
    for (const chunk of this.#chunks) {
      chunk.start = start;
      start += chunk.count;
    }
    this.#dirty = false;
  }

  /** The row at a place, or 0 outside the list. */
  at(place: number): number {
    if (place < 0 || place >= this.#count) return 0;
    this.#settle();
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#chunks[middle]?.start ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    const chunk = this.#chunks[low];
    return chunk === undefined ? 0 : (chunk.rows[place - chunk.start] ?? 0);
  }

  /** The place of a row, or -1. */
  placeOf(row: number): number {
    const chunk = this.#home(row);
    if (chunk === undefined) return -1;
    this.#settle();
    return chunk.start + chunk.rows.lastIndexOf(row, chunk.count - 1);
  }
}
