// The tree of processes: the rows of the model as they are.
import type { RowTest } from "../filter/match.ts";
import { EXITED, flag, kindOf, kinds, NONE } from "./rowKinds.ts";
import type { MatchSums } from "./matchSums.ts";
import type { RunModel } from "./runModel.ts";
import type { TreeColumns, ViewTree } from "./viewTree.ts";

/** Short enough to be one of many. */
const MAX_QUIET_US = 2_000_000;
/** A command that started more than this is worth a look. */
const MAX_BELOW = 8;
const LOUD = ~flag.touched;

export class ProcessTree implements ViewTree {
  readonly name = "processes";
  readonly model: RunModel;
  readonly isBehind = false;
  readonly left = 0;

  constructor(model: RunModel) {
    this.model = model;
  }

  get columns(): TreeColumns {
    return this.model.rows;
  }
  get count(): number {
    return this.model.rowCount;
  }
  get capacity(): number {
    return this.model.rows.tag.length;
  }
  get findable(): number {
    return this.model.rowCount - 1;
  }
  get moves(): number {
    return this.model.moves;
  }

  update(touched: readonly number[]): readonly number[] {
    return touched;
  }

  /** Folded groups are closed, everything else is open. */
  isOpenAtFirst(row: number): boolean {
    const kind = kindOf(this.model.rows.tag[row] ?? 0);
    return kind !== kinds.files && kind !== kinds.connections;
  }

  #isQuietAlone(row: number): boolean {
    const { rows, processes } = this.model;
    if (kindOf(rows.tag[row] ?? 0) !== kinds.process) return false;
    const process = rows.ref[row] ?? 0;
    return (
      processes.state[process] === EXITED &&
      processes.code[process] === 0 &&
      processes.signal[process] === 0 &&
      (processes.durationUs[process] ?? 0) <= MAX_QUIET_US &&
      ((rows.flags[row] ?? 0) & LOUD) === 0 &&
      rows.folded[row] === 0
    );
  }

  isQuiet(row: number): boolean {
    if (!this.#isQuietAlone(row)) return false;
    const { first, next, parent } = this.model.rows;
    let at = first[row] ?? NONE;
    for (let i = 0; at !== NONE; i++) {
      if (i >= MAX_BELOW || !this.#isQuietAlone(at)) return false;
      const child = first[at] ?? NONE;
      if (child !== NONE) at = child;
      else {
        while (at !== row && (next[at] ?? NONE) === NONE) at = parent[at] ?? row;
        at = at === row ? NONE : (next[at] ?? NONE);
      }
    }
    return true;
  }

  continuesQuiet(row: number): boolean {
    const before = this.model.rows.prev[row] ?? NONE;
    return before !== NONE && this.isQuiet(row) && this.isQuiet(before);
  }

  isHook(row: number): boolean {
    const { rows, processes, strings } = this.model;
    return processes.comm[rows.ref[row] ?? 0] === strings.find("runglass-hook");
  }

  modelRow(row: number): number {
    return row;
  }

  rowFor(modelRow: number): number {
    return modelRow;
  }

  isAlias(): boolean {
    return false;
  }

  isEmpty(): boolean {
    return false;
  }

  /** A process has no sums of what is below it. */
  beginMatches(): MatchSums | undefined {
    return undefined;
  }
  adoptMatches(): void {}
  addMatch(): void {}

  testFor(test: RowTest): RowTest {
    return test;
  }
}
