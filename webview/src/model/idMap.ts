// A map from text to number, split into shards so that growing it never stalls a frame: V8 rehashes a whole Map when it
// doubles, which at a million entries takes longer than a frame may.

const SHARDS = 256;

const shardOf = (text: string): number => {
  const length = text.length;
  if (length === 0) return 0;
  const last = text.charCodeAt(length - 1);
  const middle = text.charCodeAt(length >> 1);
  const near = length > 1 ? text.charCodeAt(length - 2) : 0;
  return (last * 31 + middle * 17 + near * 7 + length) & (SHARDS - 1);
};

export class IdMap {
  readonly #shards: Map<string, number>[] = Array.from({ length: SHARDS }, () => new Map<string, number>());
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(text: string): number | undefined {
    return this.#shards[shardOf(text)]?.get(text);
  }

  /** Sets the number of `text`, which may be there already. */
  set(text: string, id: number): void {
    const shard = this.#shards[shardOf(text)];
    if (shard === undefined) return;
    const before = shard.size;
    shard.set(text, id);
    this.#size += shard.size - before;
  }

  delete(text: string): void {
    if (this.#shards[shardOf(text)]?.delete(text) === true) this.#size -= 1;
  }

  /** Drops the oldest entry of the shard that `text` falls into: a cheap bound for entries that nobody ever deletes. */
  evictNear(text: string): void {
    const shard = this.#shards[shardOf(text)];
    const oldest = shard?.keys().next();
    if (oldest?.done === false) this.delete(oldest.value);
  }
}
