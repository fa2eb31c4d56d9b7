// Which event the host is asked about: the diff of a row, or a comment on it.
import { eventOfRow, type RowEvent } from "./model/eventOfRow.ts";
import { ROOT } from "./model/rowKinds.ts";
import type { TreeView } from "./model/treeView.ts";

export const STANDS_FOR_SEVERAL = "This row stands for several; open it and choose one";

/** The event that `row` stands for; where there is none, what the user is to do first. */
export const eventToAskAbout = (view: TreeView, row: number): RowEvent | string => {
  if (view.folds(row) > 0) return STANDS_FOR_SEVERAL;
  return (row === ROOT ? undefined : eventOfRow(view.tree, row)) ?? "Choose a row first";
};
