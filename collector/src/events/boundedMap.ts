// A map that forgets its least recently used entries, so that what we watch cannot fill our memory.

import { OldestEntry } from "../../report/oldestEntry.ts";

export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  readonly #oldest = new OldestEntry(this.#map);
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

  // Most of ours are empty most of the time, and then no key needs to be hashed.
  get(key: K): V | undefined {
    return this.#map.size === 0 ? undefined : this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size <= this.#limit) return this.#oldest.idle();
    const next = this.#oldest.next();
    if (next === undefined) return;
    const [oldest, old] = next;
    this.#map.delete(oldest);
    this.#onEvict?.(oldest, old);
  }

  delete(key: K): boolean {
    return this.#map.size > 0 && this.#map.delete(key);
  }

  /** Oldest first; entries may be deleted while iterating. */
  entries(): IterableIterator<[K, V]> {
    return this.#map.entries();
  }
}
