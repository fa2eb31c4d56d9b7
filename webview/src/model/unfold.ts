// Brings a row back into the list that runs of short-lived commands keep out of it.
import { NONE, ROOT } from "./rowKinds.ts";
import type { TreeView } from "./treeView.ts";

/** The first row of the closed run that `row`, or one above it, is folded into; 0 for none. */
export const foldedInto = (view: TreeView, row: number): number => {
  const { parent } = view.tree.columns;
  for (let at = row; at !== ROOT; at = parent[at] ?? ROOT) {
    const leader = view.runs.leaderOf(at);
    if (leader !== NONE && leader !== row && !view.isOpen(leader)) return leader;
  }
  return NONE;
};

/** Opens the runs that `row` is folded into. Of runs in runs, one is known only when the one around it is open. */
export const unfold = (view: TreeView, row: number): void => {
  while (!view.order.has(row)) {
    const leader = foldedInto(view, row);
    if (leader === NONE) return;
    view.setOpen(leader, true);
  }
};
