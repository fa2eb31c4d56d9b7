// A set of callbacks that are told when a log has grown.

export class Listeners {
  readonly #all = new Set<() => void>();

  /** Adds `listener`; the returned function removes it. */
  add(listener: () => void): () => void {
    // Wrapped, so that the same function added twice is called and removed twice.
    const entry = (): void => listener();
    this.#all.add(entry);
    return () => void this.#all.delete(entry);
  }

  call(): void {
    for (const listener of this.#all) listener();
  }
}
