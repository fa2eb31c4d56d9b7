// One pass of a filter over all rows of a view, in slices. The old result stays on screen until the new one is whole.
import { capacityFor } from "../model/columns.ts";
import { ROOT } from "../model/rowKinds.ts";
import type { ViewTree } from "../model/viewTree.ts";
import type { MatchSums } from "../model/matchSums.ts";
import type { Matcher, RowTest } from "./match.ts";

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
  /** The test for rows of the view; undefined where there is no filter. */
  readonly test: RowTest | undefined;
  shown: Uint8Array;
  matches = 0;
  /** What the groups come to, of the rows that fit. */
  readonly sums: MatchSums | undefined;
  /** Rows changed while the pass was under way in a manner that only another pass can take in. */
  isStale = false;
  readonly #tree: ViewTree;
  #next = 1;

  constructor(tree: ViewTree, matcher: Matcher | undefined) {
    this.#tree = tree;
    this.test = matcher === undefined ? undefined : tree.testFor(matcher.test);
    this.sums = this.test === undefined ? undefined : tree.beginMatches();
    this.shown = new Uint8Array(capacityFor(tree.count));
  }

  /** Tests rows until all are done (true) or `deadline` has come. */
  step(deadline: number, now: () => number): boolean {
    const tree = this.#tree;
    const { test } = this;
    if (test === undefined) return true;
    if (this.shown.length < tree.capacity) {
      const grown = new Uint8Array(tree.capacity);
      grown.set(this.shown);
      this.shown = grown;
    }
    const shown = this.shown;
    const parents = tree.columns.parent;
    while (this.#next < tree.count) {
      const stop = Math.min(tree.count, this.#next + ROWS_PER_LOOK);
      for (let row = this.#next; row < stop; row++) {
        if (!test(row)) continue;
        this.matches += 1;
        if (this.sums !== undefined) tree.addMatch(row, this.sums);
        markMatch(shown, parents, row);
      }
      this.#next = stop;
      if (now() >= deadline && this.#next < tree.count) return false;
    }
    return true;
  }

  /** Tests a row again that changed while the pass was under way. */
  recheck(row: number): void {
    if (row >= this.#next || this.test === undefined) return;
    const was = this.shown[row] === MATCH;
    const fits = this.test(row);
    if (was !== fits && (was || this.#tree.isAlias(row))) this.isStale = true;
    if (was || !fits) return;
    this.matches += 1;
    if (this.sums !== undefined) this.#tree.addMatch(row, this.sums);
    markMatch(this.shown, this.#tree.columns.parent, row);
  }
}
