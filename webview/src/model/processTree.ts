// The tree of processes: the rows of the model as they are.
import type { RowTest } from "../filter/match.ts";
import { kindOf, kinds } from "./rowKinds.ts";
import type { MatchSums } from "./matchSums.ts";
import type { RunModel } from "./runModel.ts";
import type { TreeColumns, ViewTree } from "./viewTree.ts";

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
