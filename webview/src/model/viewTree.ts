// What a view of the run shows: a tree of rows that have numbers of their own. The tree of processes is the model's own
// rows; the other views group the same rows by something else. Row 0 is the invisible root of each.
import type { RowTest } from "../filter/match.ts";
import type { MatchSums } from "./matchSums.ts";
import type { RunModel } from "./runModel.ts";

export const viewNames = ["processes", "network", "files"] as const;
/** The ways to look at a run: who did it, where it went, what it changed. */
export type ViewName = (typeof viewNames)[number];

export const isViewName = (value: unknown): value is ViewName => viewNames.some((name) => name === value);

export interface TreeColumns {
  readonly parent: Int32Array;
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly depth: Uint8Array;
}

export interface ViewTree {
  readonly name: ViewName;
  readonly model: RunModel;
  /** The arrays are replaced when the tree grows: ask anew instead of keeping them. */
  readonly columns: TreeColumns;
  /** How many rows there are, the root included. */
  readonly count: number;
  /** How many rows the arrays have room for. */
  readonly capacity: number;
  /** How many rows a filter can find. */
  readonly findable: number;
  /** Rows of the model for which there was no room. */
  readonly left: number;
  /** Grows when a row moves to another parent. */
  readonly moves: number;
  /** The last `update` has not come to all of the model's rows. */
  readonly isBehind: boolean;
  /**
   * Takes in what the model has got, a bounded piece of it at a time. `touched` are the model's rows that changed since the
   * last call; gives this tree's rows that changed and had been there before.
   */
  update(touched: readonly number[]): readonly number[];
  /** The row is a command that ended well and soon and, with all below it, did nothing worth a row. Only where runs fold. */
  isQuiet?(row: number): boolean;
  /** It is quiet, and so is the row in front of it. */
  continuesQuiet?(row: number): boolean;
  /** It is called as the program is that agents run before and behind tool calls. */
  isHook?(row: number): boolean;
  /** How a row stands that nobody has opened or closed. */
  isOpenAtFirst(row: number): boolean;
  /** The model's row that `row` shows, or the root where it only groups others. */
  modelRow(row: number): number;
  /** The row that shows the model's row, the first of them where several do, or the root for none. */
  rowFor(modelRow: number): number;
  /** One of several rows that show the same row of the model, and change with it. */
  isAlias(row: number): boolean;
  /** A group that everything has moved out of; it is not listed. */
  isEmpty(row: number): boolean;
  /** Begins the sums of a filter pass, where the tree has sums; they go on being kept up until the next pass begins. */
  beginMatches(): MatchSums | undefined;
  /** From now on groups show these sums, or those of all rows. */
  adoptMatches(sums: MatchSums | undefined): void;
  /** Adds a row that fits to the sums of a pass, or to those that are shown. */
  addMatch(row: number, sums?: MatchSums): void;
  /** The test of this tree's rows for a test of the model's. */
  testFor(test: RowTest): RowTest;
}
