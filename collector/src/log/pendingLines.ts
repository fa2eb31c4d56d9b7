// Lines that are not in the file yet: whole batches of UTF-8 bytes, in order, counted, and readable meanwhile, so that
// readers do not wait for a slow disk.

/** Bytes to write next. */
export interface Batch {
  /** Where they belong in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** How many lines end in them. */
  readonly lines: number;
}

const BATCH_BYTES = 256 * 1024;

interface Filling {
  readonly offset: number;
  readonly buffer: Buffer;
  used: number;
  lines: number;
}

/** Collects lines in few large buffers, so that a storm of events costs no garbage per line. */
export class PendingLines {
  readonly #batches: Filling[] = [];
  #spare: Buffer | undefined;
  /** No line may go into the last batch any more: it is being written. */
  #sealed = true;
  #end = 0;

  /** Offset of the first byte that is held here; all before it is in the file. */
  get start(): number {
    return this.#batches[0]?.offset ?? this.#end;
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Takes `count` whole lines. */
  push(bytes: Uint8Array, count: number): void {
    const batch = this.#roomFor(bytes.length);
    batch.buffer.set(bytes, batch.used);
    batch.used += bytes.length;
    batch.lines += count;
    this.#end += bytes.length;
  }

  /** The oldest batch, undefined when nothing waits. It stays here, and does not change, until it is dropped. */
  first(): Batch | undefined {
    const [batch] = this.#batches;
    if (batch === undefined) return undefined;
    if (this.#batches.length === 1) this.#sealed = true;
    return { offset: batch.offset, bytes: batch.buffer.subarray(0, batch.used), lines: batch.lines };
  }

  /** Forgets the oldest batch: it is in the file. */
  drop(): void {
    const batch = this.#batches.shift();
    // Most batches are small and there are many, so one buffer is kept for the next.
    if (batch?.buffer.length === BATCH_BYTES) this.#spare ??= batch.buffer;
  }

  /** Copies what is held from byte `offset` of the file on; returns the number of bytes, 0 where it is not held. */
  copy(target: Uint8Array, offset: number): number {
    let done = 0;
    for (const batch of this.#batches) {
      if (done === target.length) break;
      const from = offset + done - batch.offset;
      if (from < 0 || from >= batch.used) continue;
      done += batch.buffer.copy(target, done, from, batch.used);
    }
    return done;
  }

  #roomFor(length: number): Filling {
    const last = this.#batches.at(-1);
    if (last !== undefined && !this.#sealed && length <= last.buffer.length - last.used) return last;
    const size = Math.max(BATCH_BYTES, length);
    const batch = { offset: this.#end, buffer: this.#bufferOf(size), used: 0, lines: 0 };
    this.#batches.push(batch);
    this.#sealed = false;
    return batch;
  }

  #bufferOf(size: number): Buffer {
    const spare = this.#spare;
    if (size !== BATCH_BYTES || spare === undefined) return Buffer.allocUnsafeSlow(size);
    this.#spare = undefined;
    return spare;
  }
}
