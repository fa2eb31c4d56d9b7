// Typing in the grid goes to the next row whose name begins with what was typed.
import { ROOT } from "../model/rowKinds.ts";
import type { RowOrder } from "../model/rowOrder.ts";

/** A pause this long begins a new word. */
const PAUSE_MS = 700;
/** Rows looked at for one key: as many as a key press may cost. */
const MAX_ROWS = 20_000;

export class TypeAhead {
  readonly #now: () => number;
  #typed = "";
  #at = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The row to go to after `char` was typed on `current`, or the root for none. Wraps around. */
  find(char: string, order: RowOrder, current: number, labelOf: (row: number) => string): number {
    const now = this.#now();
    if (now - this.#at > PAUSE_MS) this.#typed = "";
    this.#at = now;
    this.#typed += char.toLowerCase();
    // The same letter again and again goes from one match to the next.
    const repeated = this.#typed.split("").every((typed) => typed === this.#typed[0]);
    const wanted = repeated ? (this.#typed[0] ?? "") : this.#typed;
    const start = Math.max(0, order.placeOf(current)) + (repeated ? 1 : 0);
    const steps = Math.min(order.count, MAX_ROWS);
    for (let step = 0; step < steps; step++) {
      const row = order.at((start + step) % order.count);
      if (labelOf(row).toLowerCase().startsWith(wanted)) return row;
    }
    return ROOT;
  }
}
