// Interned strings: equal texts share one number, so that rows hold four bytes, and a filter looks at each text once.
import { IdMap } from "./idMap.ts";

/** A text is kept up to this many UTF-16 units; the run log has the rest. */
export const MAX_TEXT = 16_384;

/**
 * A copy that does not hold on to a longer string: V8 keeps a slice as a view of its parent, and a file's base name
 * would keep its whole path alive. `join` always writes a fresh string.
 */
const detached = (text: string): string => (text.length < 13 ? text : [text.slice(0, 6), text.slice(6)].join(""));

const capped = (text: string): string =>
  text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…(${text.length - MAX_TEXT} more characters)`;

export class StringTable {
  readonly #ids = new IdMap();
  readonly #texts: string[] = [""];
  #units = 0;

  constructor() {
    this.#ids.set("", 0);
  }

  get size(): number {
    return this.#texts.length;
  }

  /** UTF-16 units held, the measure that the model's bound is about. */
  get units(): number {
    return this.#units;
  }

  /** The number of `text`; 0 is the empty text. */
  intern(text: string): number {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const kept = detached(capped(text));
    if (kept.length !== text.length) {
      const knownKept = this.#ids.get(kept);
      if (knownKept !== undefined) return knownKept;
    }
    const id = this.#texts.length;
    this.#texts.push(kept);
    this.#ids.set(kept, id);
    this.#units += kept.length;
    return id;
  }

  /** The number of `text`, or -1 where it was never interned. */
  find(text: string): number {
    return this.#ids.get(text) ?? this.#ids.get(capped(text)) ?? -1;
  }

  text(id: number): string {
    return this.#texts[id] ?? "";
  }
}
