// The order of a view's groups: hosts by how much they moved, directories by how much changed in them. What is in a group
// stays in the order of time.
import { GroupedTree, nodes } from "./groupedTree.ts";
import { ROOT } from "./rowKinds.ts";
import type { ViewName, ViewTree } from "./viewTree.ts";

export const sortKeys = ["name", "count", "time", "bytes"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Sort {
  readonly by: SortKey;
  readonly descending: boolean;
}
/** How each view is sorted; what is not in it is in the order of time. */
export type Sorts = { readonly [N in ViewName]?: Sort };

/** As rows come. */
const inTime: Sort = { by: "time", descending: false };

export const canSort = (view: ViewName): boolean => view !== "processes";
export const sortOf = (sorts: Sorts, view: ViewName): Sort => (canSort(view) ? (sorts[view] ?? inTime) : inTime);
export const isInTime = ({ by, descending }: Sort): boolean => by === inTime.by && !descending;

/** What is first asked for: the greatest, but names from A. */
const first = (by: SortKey): Sort => ({ by, descending: by !== "name" });

/** The next order when the header of `by` is pressed: as first asked for, the other way round, and back to time. */
export const nextSort = (now: Sort, by: SortKey): Sort => {
  if (now.by !== by || isInTime(now)) return first(by);
  return now.descending === first(by).descending && by !== "time" ? { by, descending: !now.descending } : inTime;
};

/** Groups that are sorted stand below the root, and below what a tool fills. */
export const isSorted = (tree: ViewTree, parent: number): boolean =>
  parent === ROOT || (tree instanceof GroupedTree && tree.kind(parent) === nodes.heap);

/** Puts rows of the tree, which are all below one parent, in order. */
export const sortRows = (tree: ViewTree, rows: number[], { by, descending }: Sort): void => {
  if (!(tree instanceof GroupedTree)) return;
  const sign = descending ? -1 : 1;
  if (by === "name") {
    const names = new Map(rows.map((row) => [row, tree.model.text(tree.columns.keyA[row])]));
    const nameOf = (row: number): string => names.get(row) ?? "";
    rows.sort((a, b) => sign * (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : a - b));
    return;
  }
  const valueOf = (row: number): number => {
    if (by === "time") return tree.since(row);
    const { sums, at } = tree.sumsOf(row);
    if (by === "bytes") return (sums.sent[at] ?? 0) + (sums.received[at] ?? 0);
    return (sums.hits[at] ?? 0) + (sums.queries[at] ?? 0) + (sums.requests[at] ?? 0);
  };
  const values = new Map(rows.map((row) => [row, valueOf(row)]));
  // Equal ones stay in the order of time, whichever way round.
  rows.sort((a, b) => sign * ((values.get(a) ?? 0) - (values.get(b) ?? 0)) || a - b);
};
