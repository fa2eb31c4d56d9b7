// A map that forgets its oldest entries when it is full: what a summary remembers must not grow with the log.

import { OldestEntry } from "./oldestEntry.ts";

export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  readonly #oldest = new OldestEntry(this.#map);
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    const next = this.#map.size >= this.#most && !this.#map.has(key) ? this.#oldest.next() : undefined;
    if (next === undefined) this.#oldest.idle();
    else this.#map.delete(next[0]);
    this.#map.set(key, value);
  }

  delete(key: K): void {
    this.#map.delete(key);
  }
}
