// Lines that wait for the disk: whole batches of UTF-8 bytes, in order, counted.

/** Bytes to write next, and how many lines end in them. */
export interface Batch {
  readonly bytes: Buffer;
  readonly lines: number;
}

const BATCH_BYTES = 256 * 1024;

interface OpenBatch {
  readonly buffer: Buffer;
  used: number;
  lines: number;
}

/** Collects lines in few large buffers, so that a storm of events costs no garbage per line. */
export class PendingLines {
  readonly #sealed: Batch[] = [];
  #open: OpenBatch | undefined;
  #spare: Buffer | undefined;
  #bytes = 0;
  #lines = 0;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lines that wait. */
  get lines(): number {
    return this.#lines;
  }

  /** Takes `count` whole lines. */
  push(text: string, count: number): void {
    const batch = this.#roomFor(text);
    const written = batch.buffer.write(text, batch.used, "utf8");
    batch.used += written;
    batch.lines += count;
    this.#bytes += written;
    this.#lines += count;
  }

  /** The oldest batch, taken out; undefined when nothing waits. */
  shift(): Batch | undefined {
    if (this.#sealed.length === 0) this.#seal();
    const batch = this.#sealed.shift();
    if (batch === undefined) return undefined;
    this.#bytes -= batch.bytes.length;
    this.#lines -= batch.lines;
    return batch;
  }

  /** Gives back a batch that is written; its memory is used again, as most batches are small and there are many. */
  recycle(batch: Batch): void {
    if (batch.bytes.buffer.byteLength !== BATCH_BYTES) return;
    this.#spare ??= Buffer.from(batch.bytes.buffer, 0, BATCH_BYTES);
  }

  #roomFor(text: string): OpenBatch {
    // A UTF-16 unit needs at most three bytes; the exact length is only computed where that bound does not fit.
    const open = this.#open;
    if (open !== undefined) {
      const room = open.buffer.length - open.used;
      if (text.length * 3 <= room || Buffer.byteLength(text) <= room) return open;
    }
    this.#seal();
    const size = text.length * 3 <= BATCH_BYTES ? BATCH_BYTES : Math.max(BATCH_BYTES, Buffer.byteLength(text));
    const buffer = size === BATCH_BYTES ? (this.#spare ?? Buffer.allocUnsafeSlow(size)) : Buffer.allocUnsafeSlow(size);
    if (buffer === this.#spare) this.#spare = undefined;
    this.#open = { buffer, used: 0, lines: 0 };
    return this.#open;
  }

  #seal(): void {
    if (this.#open === undefined) return;
    this.#sealed.push({ bytes: this.#open.buffer.subarray(0, this.#open.used), lines: this.#open.lines });
    this.#open = undefined;
  }
}
