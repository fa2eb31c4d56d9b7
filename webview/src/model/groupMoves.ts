// Moves a row from one group of a grouped tree to another, with all that it has counted: where a host gets its name only
// after a connection to it has been shown. A group that everything has left stays where it is and counts as none.
import type { NodeColumns } from "./groupedTree.ts";
import { flag, NONE, ROOT } from "./rowKinds.ts";

/** Children looked at for one move: a run that renames thousands of connections of one process must not hold the page up. */
const MAX_WALK = 1024;
/** A group's own flag: it was emptied, and the group above counts it no longer. No row of the model sums it up. */
const EMPTIED = flag.touched;
const COUNTED = ["hits", "queries", "requests", "failed", "sent", "received"] as const;

export const isEmptied = (columns: NodeColumns, group: number): boolean =>
  ((columns.flags[group] ?? 0) & EMPTIED) !== 0;

/** Counts one more child of `parent`; true where that one had been emptied. */
export const countChild = (columns: NodeColumns, parent: number): boolean => {
  const { children, flags } = columns;
  children[parent] = (children[parent] ?? 0) + 1;
  if (parent === ROOT || !isEmptied(columns, parent)) return false;
  flags[parent] = (flags[parent] ?? 0) & ~EMPTIED;
  countChild(columns, columns.parent[parent] ?? ROOT);
  return true;
};

const uncountChild = (columns: NodeColumns, parent: number): void => {
  const { children, flags } = columns;
  children[parent] = Math.max(0, (children[parent] ?? 0) - 1);
  if (parent === ROOT || children[parent] !== 0) return;
  flags[parent] = EMPTIED;
  uncountChild(columns, columns.parent[parent] ?? ROOT);
};

/** What a group has of its children, where it is not a sum. */
const sumUp = (columns: NodeColumns, group: number): void => {
  const { first, next, flags, until } = columns;
  let [seen, latest] = [0, 0];
  let at = first[group] ?? NONE;
  for (let i = 0; at !== NONE && i < MAX_WALK; i++) {
    seen |= (flags[at] ?? 0) & ~EMPTIED;
    latest = Math.max(latest, until[at] ?? 0);
    at = next[at] ?? NONE;
  }
  if (at !== NONE) return;
  flags[group] = ((flags[group] ?? 0) & EMPTIED) | seen;
  until[group] = latest;
};

/** The child of `group` before the first one that `isIt`; NONE for the first, undefined where none is found soon. */
const childBefore = (columns: NodeColumns, group: number, isIt: (child: number) => boolean): number | undefined => {
  let before: number = NONE;
  let at = columns.first[group] ?? NONE;
  for (let i = 0; i < MAX_WALK; i++) {
    if (at === NONE || isIt(at)) return before;
    before = at;
    at = columns.next[at] ?? NONE;
  }
  return undefined;
};

const link = (columns: NodeColumns, row: number, group: number, before: number): void => {
  const { first, last, next, parent } = columns;
  const after = before === NONE ? (first[group] ?? NONE) : (next[before] ?? NONE);
  next[row] = after;
  if (before === NONE) first[group] = row;
  else next[before] = row;
  if (after === NONE) last[group] = row;
  parent[row] = group;
};

const unlink = (columns: NodeColumns, row: number, group: number, before: number): void => {
  const { first, last, next } = columns;
  const after = next[row] ?? NONE;
  if (before === NONE) first[group] = after;
  else next[before] = after;
  if (after === NONE) last[group] = before;
};

/**
 * Puts `row` below the group `to`, as deep as it was; false where it cannot be found soon in its own group. What it has
 * counted is taken off the groups above it, and its own counters are zero: count it again.
 */
export const moveRow = (columns: NodeColumns, row: number, to: number): boolean => {
  const from = columns.parent[row] ?? ROOT;
  const before = childBefore(columns, from, (child) => child === row);
  if (before === undefined) return false;
  unlink(columns, row, from, before);
  for (const name of COUNTED) {
    const counts = columns[name];
    const own = counts[row] ?? 0;
    for (let at = from; at !== ROOT; at = columns.parent[at] ?? ROOT) counts[at] = (counts[at] ?? 0) - own;
    counts[row] = 0;
  }
  uncountChild(columns, from);
  for (let at = from; at !== ROOT; at = columns.parent[at] ?? ROOT) sumUp(columns, at);
  // In the order of rows, as all others are.
  link(columns, row, to, childBefore(columns, to, (child) => child > row) ?? columns.last[to] ?? NONE);
  countChild(columns, to);
  return true;
};
