// What a row of any view says in each column.
import { GroupedTree } from "../model/groupedTree.ts";
import type { ViewTree } from "../model/viewTree.ts";
import { describeGrouped } from "./describeGrouped.ts";
import { describeRow, type RowText } from "./describeRow.ts";

/** `nowT`: the run's clock in microseconds for what still runs, 0 where it stands still. */
export const describeTreeRow = (tree: ViewTree, row: number, nowT: number): RowText =>
  tree instanceof GroupedTree ? describeGrouped(tree, row, nowT) : describeRow(tree.model, tree.modelRow(row), nowT);
