// What the groups of a grouped tree come to under a filter: the same sums as those of all rows, of the rows that fit alone.
// A row is added when it is found to fit; what it counts later is added as a difference.
import { capacityFor, type Columns, growColumns, makeColumns } from "./columns.ts";
import type { NodeColumns } from "./groupedTree.ts";
import { ROOT } from "./rowKinds.ts";

const schema = {
  flags: Uint8Array,
  ops: Uint8Array,
  /** Of a group: the children that are or hold what fits. */
  children: Uint32Array,
  /** Rows below that fit. */
  fitting: Uint32Array,
  files: Uint32Array,
  hits: Uint32Array,
  failed: Uint32Array,
  queries: Uint32Array,
  requests: Uint32Array,
  sent: Float64Array,
  received: Float64Array,
  until: Float64Array,
};

export const counters = ["hits", "failed", "queries", "requests", "sent", "received"] as const;
export type Counters = { readonly [N in (typeof counters)[number]]: number };

/** What one row counts, or has counted more, and what holds of it. */
export interface Contribution extends Counters {
  readonly flags: number;
  readonly ops: number;
  readonly until: number;
}

/** In place of a slot: a row of its own that fits. */
const FITS = -1;

export class MatchSums {
  /** By slot: only groups with something that fits have one, which are few where rows are many. */
  columns: Columns<typeof schema> = makeColumns(schema, capacityFor(1));
  /** By row of the tree: its slot, 0 for none. */
  #slots = new Int32Array(capacityFor(1));
  #used = 1;

  has(row: number): boolean {
    return (this.#slots[row] ?? 0) !== 0;
  }

  /** Where the sums of a group stand in the columns; 0, where all are zero, while nothing in it fits. */
  slotOf(row: number): number {
    return Math.max(0, this.#slots[row] ?? 0);
  }

  #slotFor(group: number): number {
    const known = this.#slots[group] ?? 0;
    if (known > 0) return known;
    const slot = this.#used++;
    if (slot >= this.columns.flags.length) this.columns = growColumns(schema, this.columns, capacityFor(slot + 1));
    this.#slots[group] = slot;
    return slot;
  }

  /** `isFile`: whether a row of the tree stands for a file. */
  add(tree: NodeColumns, row: number, isFile: (row: number) => boolean): void {
    if (this.has(row)) return;
    if (this.#slots.length < tree.parent.length) {
      const grown = new Int32Array(tree.parent.length);
      grown.set(this.#slots);
      this.#slots = grown;
    }
    this.#slots[row] = FITS;
    this.#fit(tree, row, 1, isFile);
    this.count(tree, row, contributionOf(tree, row));
  }

  /** Takes a row out again. What holds of a group for one of its rows stays until the filter runs again. */
  remove(tree: NodeColumns, row: number, isFile: (row: number) => boolean): boolean {
    if (this.#slots[row] !== FITS) return false;
    const own = contributionOf(tree, row);
    const { hits, failed, queries, requests, sent, received } = own;
    this.count(tree, row, {
      ...own,
      hits: -hits,
      failed: -failed,
      queries: -queries,
      requests: -requests,
      sent: -sent,
      received: -received,
    });
    this.#slots[row] = 0;
    this.#fit(tree, row, -1, isFile);
    return true;
  }

  /** Counts the row in the groups above it: as a child where it is the first that fits, as a file where it stands for one. */
  #fit(tree: NodeColumns, row: number, by: 1 | -1, isFile: (row: number) => boolean): void {
    let isKnown = false;
    let isNewFile = isFile(row);
    for (let at = tree.parent[row] ?? ROOT; at !== ROOT; at = tree.parent[at] ?? ROOT) {
      const slot = this.#slotFor(at);
      const { fitting, children, files } = this.columns;
      if (!isKnown) children[slot] = (children[slot] ?? 0) + by;
      if (isNewFile) files[slot] = (files[slot] ?? 0) + by;
      const before = fitting[slot] ?? 0;
      fitting[slot] = before + by;
      isKnown = by > 0 ? before > 0 : before > 1;
      isNewFile ||= !isKnown && isFile(at);
    }
  }

  /** Adds what a row that fits counts, or counts more than before, to the groups above it. */
  count(tree: NodeColumns, row: number, more: Contribution): void {
    const { flags, ops, until } = this.columns;
    for (let at = tree.parent[row] ?? ROOT; at !== ROOT; at = tree.parent[at] ?? ROOT) {
      const slot = this.#slots[at] ?? 0;
      for (const name of counters) {
        const sums = this.columns[name];
        sums[slot] = (sums[slot] ?? 0) + more[name];
      }
      flags[slot] = (flags[slot] ?? 0) | more.flags;
      ops[slot] = (ops[slot] ?? 0) | more.ops;
      if (more.until > (until[slot] ?? 0)) until[slot] = more.until;
    }
  }
}

const contributionOf = (tree: NodeColumns, row: number): Contribution => ({
  hits: tree.hits[row] ?? 0,
  failed: tree.failed[row] ?? 0,
  queries: tree.queries[row] ?? 0,
  requests: tree.requests[row] ?? 0,
  sent: tree.sent[row] ?? 0,
  received: tree.received[row] ?? 0,
  flags: tree.flags[row] ?? 0,
  ops: tree.ops[row] ?? 0,
  until: tree.until[row] ?? 0,
});
