// One pass of a filter over all rows, in slices. The old result stays on screen until the new one is whole.
import { capacityFor } from "../model/columns.ts";
import { ROOT } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import type { Matcher } from "./match.ts";

/** How a row takes part in a filtered view. */
export const HIDDEN = 0;
/** Shown, dimmed, because something below it fits. */
export const CONTEXT = 1;
export const MATCH = 2;

const ROWS_PER_LOOK = 512;

/** Marks `row` as fitting, and all above it as its context; true where that shows a row that was hidden. */
export const markMatch = (shown: Uint8Array, parents: Int32Array, row: number): boolean => {
  const wasHidden = shown[row] === HIDDEN;
  shown[row] = MATCH;
  let at = parents[row] ?? ROOT;
  while (at !== ROOT && shown[at] === HIDDEN) {
    shown[at] = CONTEXT;
    at = parents[at] ?? ROOT;
  }
  return wasHidden;
};

export class FilterRun {
  readonly matcher: Matcher | undefined;
  shown: Uint8Array;
  matches = 0;
  readonly #model: RunModel;
  #next = 1;

  constructor(model: RunModel, matcher: Matcher | undefined) {
    this.#model = model;
    this.matcher = matcher;
    this.shown = new Uint8Array(capacityFor(model.rowCount));
  }

  /** Tests rows until all are done (true) or `deadline` has come. */
  step(deadline: number, now: () => number): boolean {
    const model = this.#model;
    const test = this.matcher?.test;
    if (test === undefined) return true;
    if (this.shown.length < model.rows.tag.length) {
      const grown = new Uint8Array(model.rows.tag.length);
      grown.set(this.shown);
      this.shown = grown;
    }
    const shown = this.shown;
    const parents = model.rows.parent;
    while (this.#next < model.rowCount) {
      const stop = Math.min(model.rowCount, this.#next + ROWS_PER_LOOK);
      for (let row = this.#next; row < stop; row++) {
        if (!test(row)) continue;
        this.matches += 1;
        markMatch(shown, parents, row);
      }
      this.#next = stop;
      if (now() >= deadline && this.#next < model.rowCount) return false;
    }
    return true;
  }

  /** Tests a row again that changed while the pass was under way. */
  recheck(row: number): void {
    if (row >= this.#next || this.matcher === undefined || this.shown[row] === MATCH) return;
    if (!this.matcher.test(row)) return;
    this.matches += 1;
    markMatch(this.shown, this.#model.rows.parent, row);
  }
}
