// The lines of a batch, as bytes from the moment on that each is made. Text would be turned into bytes three times (to be
// hashed, to be kept, to be looked at), and hundreds of short strings for each line would outlive a collection of garbage.

const FIRST_BYTES = 256 * 1024;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const MOST_PER_UNIT = 3;

export class LineBytes {
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;

  /** What was added since the last `take`; the bytes change with the next call. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#used);
  }

  add(text: string): void {
    const most = text.length * MOST_PER_UNIT;
    if (this.#buffer.length - this.#used < most) this.#grow(most);
    this.#used += this.#buffer.write(text, this.#used, "utf8");
  }

  /** Gives `bytes`, and begins anew: use them before the next `add`. */
  take(): Uint8Array {
    const { bytes } = this;
    this.#used = 0;
    // What one batch needed once is not kept for good.
    if (this.#buffer.length > FIRST_BYTES) this.#buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    return bytes;
  }

  #grow(most: number): void {
    const size = Math.max(2 * this.#buffer.length, this.#used + most);
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(this.bytes);
    this.#buffer = grown;
  }
}
