// A map that forgets its least recently used entries, so that what we watch cannot fill our memory.

export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  /** Stands behind the last entry that had to go; everything before it is gone. */
  #oldest = this.#map.entries();
  readonly #limit: number;
  readonly #onEvict: ((key: K, value: V) => void) | undefined;

  /** `onEvict` is told of each entry that had to go for the limit, after it is gone. */
  constructor(limit: number, onEvict?: (key: K, value: V) => void) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#limit) return;
    // Begun anew for each, it would walk over all entries that are deleted and not yet cleared away: 0.1 ms in a large map.
    let next = this.#oldest.next();
    if (next.done === true) {
      this.#oldest = this.#map.entries();
      next = this.#oldest.next();
    }
    if (next.done === true) return;
    const [oldest, old] = next.value;
    this.#map.delete(oldest);
    this.#onEvict?.(oldest, old);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  /** Oldest first; entries may be deleted while iterating. */
  entries(): IterableIterator<[K, V]> {
    return this.#map.entries();
  }
}
