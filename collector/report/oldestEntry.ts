// The oldest entry of a map, one after the other, at the same cost for each.

/** So many entries may be set before an iterator that is not moved is given up. */
const UNMOVED = 1_000;

/**
 * Walks over a map from its oldest entry on, where each entry that is given is deleted next. Begun anew for each, a walk
 * would go over all entries that are deleted and not yet cleared away: 0.1 ms in a large map. But an iterator that is kept
 * and not moved keeps all tables alive that V8 has replaced since, which is a leak in a map that is never full.
 */
export class OldestEntry<K, V> {
  readonly #map: ReadonlyMap<K, V>;
  #entries: MapIterator<[K, V]> | undefined;
  #unmoved = 0;

  constructor(map: ReadonlyMap<K, V>) {
    this.#map = map;
  }

  /** Undefined where the map is empty. */
  next(): [K, V] | undefined {
    this.#unmoved = 0;
    this.#entries ??= this.#map.entries();
    let next = this.#entries.next();
    if (next.done === true) {
      this.#entries = this.#map.entries();
      next = this.#entries.next();
    }
    return next.done === true ? undefined : next.value;
  }

  /** To be called where an entry was set and none had to go. */
  idle(): void {
    if (this.#entries !== undefined && ++this.#unmoved > UNMOVED) this.#entries = undefined;
  }
}
