// A map that forgets its oldest entries when it is full: what a summary remembers must not grow with the log.

export class BoundedMap<K, V> {
  readonly #map = new Map<K, V>();
  /** Stands behind the last entry that had to go. */
  #oldest = this.#map.keys();
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
    if (this.#map.size >= this.#most && !this.#map.has(key)) this.#evict();
    this.#map.set(key, value);
  }

  #evict(): void {
    // Begun anew for each, it would walk over all entries that are deleted and not yet cleared away.
    let next = this.#oldest.next();
    if (next.done === true) {
      this.#oldest = this.#map.keys();
      next = this.#oldest.next();
    }
    if (next.done !== true) this.#map.delete(next.value);
  }

  delete(key: K): void {
    this.#map.delete(key);
  }
}
