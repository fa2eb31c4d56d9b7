// Runs of short-lived commands that did nothing worth a row each: siblings one after another that ended well and soon and,
// with all that they started, changed no file, called nobody and failed at nothing. The list shows such a run as one row,
// its first, until it is opened. Rows are judged by what they did, never by what they are called: a name is anybody's.
import { capacityFor } from "./columns.ts";
import { NONE, ROOT } from "./rowKinds.ts";
import type { ViewTree } from "./viewTree.ts";

/** So many commands make a run. */
const MIN_RUN = 4;
/** The agent runs the hook program before and behind each tool call: two of it between two calls are one too many. */
const MIN_HOOKS = 2;
/** By row: belongs to no run, though that was looked at. */
const NO_RUN = -1;

export class QuietRuns {
  readonly #tree: ViewTree;
  /** By row: the first row of its run; of that one, minus the run's length minus 1. */
  #runs = new Int32Array(capacityFor(1));
  /** Rows of runs that were folded before: what else is quiet stays where it is while somebody reads. */
  #known = new Uint8Array(capacityFor(1));
  /** Whether further runs may be folded now: they would move what one reads. */
  mayGrow = true;
  /** The row that the user chose is not to go away. */
  kept = NONE;

  constructor(tree: ViewTree) {
    this.#tree = tree;
  }

  /** All rows are about to be listed anew; there are fewer than `limit`. */
  begin(limit: number): void {
    if (limit > this.#runs.length) {
      const known = new Uint8Array(capacityFor(limit));
      known.set(this.#known);
      this.#known = known;
      this.#runs = new Int32Array(known.length);
    } else this.#runs.fill(0, 0, limit);
  }

  /** How many commands the run has that begins with `row`; 0 where none does. */
  size(row: number): number {
    const run = this.#runs[row] ?? 0;
    return run < NO_RUN ? -1 - run : 0;
  }

  /** The first row of the run that `row` is in, `row` itself for the first; 0 for none. */
  leaderOf(row: number): number {
    const run = this.#runs[row] ?? 0;
    return run > 0 ? run : run < NO_RUN ? row : NONE;
  }

  /** The last row of the run that begins with `row`, among the siblings below `limit`; 0 where none begins. */
  lastFrom(row: number, limit: number): number {
    const runs = this.#runs;
    if ((runs[row] ?? 0) !== 0) return NONE;
    const { next } = this.#tree.columns;
    let size = 0;
    let last = NONE;
    let areHooks = true;
    for (let at = row; at !== NONE && at < limit && this.#fits(at); at = next[at] ?? NONE) {
      size += 1;
      last = at;
      areHooks &&= this.#tree.isHook?.(at) === true;
    }
    const isRun = size >= (areHooks ? MIN_HOOKS : MIN_RUN);
    for (let at = row, i = 0; i < size; at = next[at] ?? NONE, i++) {
      runs[at] = isRun ? row : NO_RUN;
      this.#known[at] = isRun ? 1 : 0;
    }
    if (!isRun) return NONE;
    runs[row] = -1 - size;
    return last;
  }

  /** One that is known is quiet until `isBrokenBy` hears otherwise: there may be a million. */
  #fits(row: number): boolean {
    if (this.#known[row] === 1) return true;
    return this.mayGrow && row !== this.kept && this.#tree.isQuiet?.(row) === true;
  }

  /** A row has changed: whether it may belong to a run that there is not yet. */
  isStaleBy(row: number): boolean {
    return this.mayGrow && this.leaderOf(row) === NONE && this.#tree.continuesQuiet?.(row) === true;
  }

  /**
   * A row is new or has changed: whether a command of a run has done something after all, by itself or by one below it. What
   * is below it may have been folded before it was itself: it breaks each run that it is in.
   */
  isBrokenBy(row: number): boolean {
    const { parent } = this.#tree.columns;
    let isBroken = false;
    for (let at = row; at !== ROOT; at = parent[at] ?? ROOT) {
      if (this.#known[at] !== 1 || this.#tree.isQuiet?.(at) === true) continue;
      this.#known[at] = 0;
      isBroken = true;
    }
    return isBroken;
  }
}
