// Puts pieces of one TCP stream in order: they come out of order at times, and with repeats.

/** Bytes that wait for others before them, and how many pieces they may be. */
const LIMITS = { bytes: 1 << 17, pieces: 256 } as const;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What it hands out are copies: frames look into a buffer that does not last. */
export class StreamBytes {
  #next: number;
  readonly #waiting: Piece[] = [];
  #held = 0;

  /** `start`: the offset of the first byte that is wanted. */
  constructor(start = 0) {
    this.#next = start;
  }

  /** The bytes that are in order now, mostly those of the piece. Undefined when too much waits for what does not come. */
  add(offset: number, bytes: Uint8Array): Uint8Array | undefined {
    if (offset + bytes.length <= this.#next) return new Uint8Array(0);
    if (offset > this.#next) return this.#wait(offset, bytes);
    const parts = [this.#from({ offset, bytes })];
    for (let found = this.#takeWaiting(); found !== undefined; found = this.#takeWaiting()) parts.push(found);
    return Buffer.concat(parts);
  }

  #wait(offset: number, bytes: Uint8Array): Uint8Array | undefined {
    this.#held += bytes.length;
    if (this.#held > LIMITS.bytes || this.#waiting.length >= LIMITS.pieces) return undefined;
    this.#waiting.push({ offset, bytes: Uint8Array.from(bytes) });
    return new Uint8Array(0);
  }

  /** The part of the piece that is not behind us. */
  #from({ offset, bytes }: Piece): Uint8Array {
    const part = bytes.subarray(this.#next - offset);
    this.#next = offset + bytes.length;
    return part;
  }

  #takeWaiting(): Uint8Array | undefined {
    for (const [index, piece] of this.#waiting.entries()) {
      if (piece.offset > this.#next) continue;
      this.#waiting.splice(index, 1);
      this.#held -= piece.bytes.length;
      if (piece.offset + piece.bytes.length > this.#next) return this.#from(piece);
      return this.#takeWaiting();
    }
    return undefined;
  }
}
