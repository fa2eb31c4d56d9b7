// The tree as links between rows. Children of a row are always in row order, which is the order of time in the log.
import { NONE, ROOT } from "./rowKinds.ts";

export interface LinkColumns {
  readonly parent: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly next: Int32Array;
  readonly prev: Int32Array;
  readonly children: Int32Array;
  readonly depth: Uint8Array;
}

/** Rows are never nested deeper: what is below is shown at this depth. Hostile fork chains stay cheap this way. */
export const MAX_DEPTH = 64;

/** Links `row` below `parent`, in row order; `row` has no links yet. */
export const linkRow = (rows: LinkColumns, row: number, parent: number): void => {
  let before = rows.last[parent] ?? NONE;
  // Only a row that moved is older than the last child; a new one is the newest.
  while (before > row) before = rows.prev[before] ?? NONE;
  const after = before === NONE ? (rows.first[parent] ?? NONE) : (rows.next[before] ?? NONE);
  rows.parent[row] = parent;
  rows.prev[row] = before;
  rows.next[row] = after;
  if (before === NONE) rows.first[parent] = row;
  else rows.next[before] = row;
  if (after === NONE) rows.last[parent] = row;
  else rows.prev[after] = row;
  rows.children[parent] = (rows.children[parent] ?? 0) + 1;
  rows.depth[row] = parent === ROOT ? 0 : (rows.depth[parent] ?? 0) + 1;
};

const unlinkRow = (rows: LinkColumns, row: number): void => {
  const parent = rows.parent[row] ?? ROOT;
  const before = rows.prev[row] ?? NONE;
  const after = rows.next[row] ?? NONE;
  if (before === NONE) rows.first[parent] = after;
  else rows.next[before] = after;
  if (after === NONE) rows.last[parent] = before;
  else rows.prev[after] = before;
  rows.children[parent] = (rows.children[parent] ?? 0) - 1;
};

/** Visits `top` and all rows below it, parents first. */
export const walkSubtree = (rows: LinkColumns, top: number, visit: (row: number) => void): void => {
  let row = top;
  for (;;) {
    visit(row);
    const child = rows.first[row] ?? NONE;
    if (child !== NONE) {
      row = child;
      continue;
    }
    while (row !== top && (rows.next[row] ?? NONE) === NONE) row = rows.parent[row] ?? ROOT;
    if (row === top) return;
    row = rows.next[row] ?? NONE;
  }
};

/** True where `row` is `ancestor` or below it. */
export const isWithin = (rows: LinkColumns, row: number, ancestor: number): boolean => {
  let at = row;
  while (at !== ROOT && at !== ancestor) at = rows.parent[at] ?? ROOT;
  return at === ancestor;
};

/** Moves `row` with all below it under `parent`. Refuses (false) where that would make a ring or nest too deep. */
export const moveRow = (rows: LinkColumns, row: number, parent: number): boolean => {
  if (rows.parent[row] === parent) return true;
  if (isWithin(rows, parent, row)) return false;
  let deepest = 0;
  walkSubtree(rows, row, (at) => void (deepest = Math.max(deepest, rows.depth[at] ?? 0)));
  const shift = (parent === ROOT ? 0 : (rows.depth[parent] ?? 0) + 1) - (rows.depth[row] ?? 0);
  if (deepest + shift > MAX_DEPTH + 2) return false;
  unlinkRow(rows, row);
  linkRow(rows, row, parent);
  walkSubtree(rows, row, (at) => {
    if (at !== row) rows.depth[at] = (rows.depth[rows.parent[at] ?? ROOT] ?? 0) + 1;
  });
  return true;
};
