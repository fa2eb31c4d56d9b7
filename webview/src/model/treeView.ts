// What is shown of a tree: which rows fit the filter, which are open, and the list of rows from top to bottom. New rows go
// into the list one by one; a change of filter or of many rows builds it anew.
import { type FilterRun, HIDDEN, MATCH, markMatch } from "../filter/filterRun.ts";
import type { RowTest } from "../filter/match.ts";
import { capacityFor, type Columns, growColumns, makeColumns } from "./columns.ts";
import { isInTime, isSorted, type Sort, sortRows } from "./groupSort.ts";
import { QuietRuns } from "./quietRuns.ts";
import { NONE, ROOT } from "./rowKinds.ts";
import { RowOrder } from "./rowOrder.ts";
import { unfold } from "./unfold.ts";
import type { ViewTree } from "./viewTree.ts";

const viewSchema = {
  shown: Uint8Array,
  /** What the user opened or closed: two bits without a filter, two with one. */
  toggles: Uint8Array,
  /** Place among the shown children of the parent, from 1. */
  position: Int32Array,
  shownChildren: Int32Array,
  lastShown: Int32Array,
};

/** Groups that change places by themselves do so seldom enough to be read. */
const RESORT_MS = 1000;
const OPENED = 1;
const CLOSED = 2;

/** How rows stand that the user has not opened or closed. */
export type OpenMode = "default" | "all" | "none";

export class TreeView {
  readonly order = new RowOrder();
  readonly tree: ViewTree;
  readonly runs: QuietRuns;
  readonly #now: () => number;
  #columns: Columns<typeof viewSchema> = makeColumns(viewSchema, capacityFor(1));
  #next = 1;
  #test: RowTest | undefined;
  #mode: OpenMode = "default";
  /** Undefined: in the order of time, which new rows are in by themselves. */
  #sort: Sort | undefined;
  #movesSeen = 0;
  #identitiesSeen = 0;
  #countsStale = false;
  #orderStale = false;
  #notBefore = 0;
  #sortStale = false;
  #sortNotBefore = 0;
  #runsStale = false;
  #runsNotBefore = 0;
  /** Matching rows, where there is a filter. */
  matches = 0;
  /** A row stopped fitting, or what rows inherit changed: the filter should run again. */
  filterStale = false;

  constructor(tree: ViewTree, now: () => number) {
    this.tree = tree;
    this.runs = new QuietRuns(tree);
    this.#now = now;
  }

  get isFiltered(): boolean {
    return this.#test !== undefined;
  }

  /** The list is to be made anew, a moment later. */
  get isWaiting(): boolean {
    return this.#runsStale && !this.isFiltered && this.runs.mayGrow;
  }

  get mode(): OpenMode {
    return this.#mode;
  }

  isMatch(row: number): boolean {
    return this.#columns.shown[row] === MATCH;
  }

  hasChildren(row: number): boolean {
    return (this.#columns.shownChildren[row] ?? 0) > 0 || this.runs.size(row) > 0;
  }

  /** How many short-lived commands `row` stands for, itself included; 0 for a row that is only itself. */
  folds(row: number): number {
    return this.isOpen(row) ? 0 : this.runs.size(row);
  }

  /** The row in the list that stands for `row`: itself, the run that it is folded into, or the next above it that is there. */
  nearest(row: number): number {
    let at = row;
    while (at !== ROOT && !this.order.has(at)) {
      const leader = this.runs.leaderOf(at);
      at = leader !== NONE && leader !== at ? leader : (this.tree.columns.parent[at] ?? ROOT);
    }
    return at;
  }

  /** Place among its shown siblings, from 1. */
  position(row: number): number {
    return this.#columns.position[row] ?? 0;
  }

  setSize(row: number): number {
    return this.#columns.shownChildren[this.tree.columns.parent[row] ?? ROOT] ?? 0;
  }

  isOpen(row: number): boolean {
    if (row === ROOT) return true;
    const bits = this.#columns.toggles[row] ?? 0;
    if (this.isFiltered) return bits >> 2 !== CLOSED;
    const own = bits & 3;
    if (own !== 0) return own === OPENED;
    if (this.#mode !== "default") return this.#mode === "all";
    if (this.runs.size(row) > 0) return false;
    return this.tree.isOpenAtFirst(row);
  }

  /**
   * Takes in what the model has got since the last call: true where the list may have changed. `run` is a filter pass
   * under way, which must hear of changed rows too; `touched` are the model's rows that changed.
   */
  sync(run?: FilterRun, touched: readonly number[] = this.tree.model.takeTouched()): boolean {
    const { tree } = this;
    const before = this.order.count;
    let changed = false;
    const changedRows = tree.update(touched);
    if (tree.capacity > this.#columns.shown.length) {
      this.#columns = growColumns(viewSchema, this.#columns, tree.capacity);
    }
    if (this.#movesSeen !== tree.moves) {
      this.#movesSeen = tree.moves;
      this.#countsStale = true;
      this.#orderStale = true;
      // A row that fits may now be below one that is hidden.
      this.filterStale = this.isFiltered;
    }
    if (this.#identitiesSeen !== tree.model.identities) {
      this.#identitiesSeen = tree.model.identities;
      this.filterStale ||= this.isFiltered;
    }
    if (this.#sort !== undefined && changedRows.length > 0) this.#sortStale = true;
    for (const row of changedRows) {
      if (this.runs.isBrokenBy(row)) this.#orderStale = true;
      else if (this.runs.isStaleBy(row)) this.#runsStale = true;
      run?.recheck(row);
      if (this.#test !== undefined && row < this.#next) this.#recheck(row, this.#test);
    }
    while (this.#next < tree.count) this.#append(this.#next++);
    if (this.#runsStale && !this.isFiltered && this.#now() >= this.#runsNotBefore) this.#orderStale = true;
    if (this.#sortStale && this.#now() >= this.#sortNotBefore) this.#orderStale = true;
    if ((this.#orderStale || this.#countsStale) && this.#now() >= this.#notBefore) {
      this.rebuild();
      changed = true;
    }
    return changed || before !== this.order.count;
  }

  #recheck(row: number, test: RowTest): void {
    const columns = this.#columns;
    const was = columns.shown[row] === MATCH;
    const fits = test(row);
    // What holds of one row that shows a process holds of all that show it.
    if (was !== fits && (was || this.tree.isAlias(row))) this.filterStale = true;
    if (was || !fits || this.tree.isAlias(row)) return;
    this.matches += 1;
    this.tree.addMatch(row);
    if (markMatch(columns.shown, this.tree.columns.parent, row)) {
      this.#countsStale = true;
      this.#orderStale = true;
    }
  }

  #append(row: number): void {
    const rows = this.tree.columns;
    const columns = this.#columns;
    const parent = rows.parent[row] ?? ROOT;
    // What a command of a folded run does after all is to be seen.
    if (this.runs.isBrokenBy(row)) this.#orderStale = true;
    if (this.#test === undefined) columns.shown[row] = MATCH;
    else if (this.#test(row)) {
      this.matches += 1;
      this.tree.addMatch(row);
      const parentHidden = parent !== ROOT && columns.shown[parent] === HIDDEN;
      markMatch(columns.shown, rows.parent, row);
      if (parentHidden) {
        this.#countsStale = true;
        this.#orderStale = true;
      }
    } else return;
    if (this.#sort !== undefined) {
      this.#countsStale ||= isSorted(this.tree, parent);
      this.#sortStale = true;
    }
    if (this.#countsStale) return;
    columns.position[row] = (columns.shownChildren[parent] ?? 0) + 1;
    columns.shownChildren[parent] = columns.position[row] ?? 0;
    const parentSeen = parent === ROOT || this.order.has(parent);
    if (!this.#orderStale && parentSeen && this.isOpen(parent)) {
      const anchor = this.#lastSeenBelow(parent);
      if (anchor === ROOT) this.order.push(row);
      else if (!this.order.insertAfter(anchor, row)) this.#orderStale = true;
    }
    columns.lastShown[parent] = row;
  }

  /** The last row in the list that is `top` or below it. */
  #lastSeenBelow(top: number): number {
    let row = top;
    while (this.isOpen(row)) {
      const last = this.#columns.lastShown[row] ?? NONE;
      if (last === NONE) break;
      row = this.order.has(last) ? last : this.runs.leaderOf(last) || last;
    }
    return row;
  }

  /** Counts places anew and makes the list anew. At a million rows this takes some 20 ms, so live changes pace it. */
  rebuild(): void {
    const start = this.#now();
    if (this.#countsStale) this.#recount();
    this.#fillOrder();
    this.#countsStale = false;
    this.#orderStale = false;
    this.#sortStale = false;
    this.#sortNotBefore = start + RESORT_MS;
    this.#runsStale = false;
    this.#runsNotBefore = start + RESORT_MS;
    const end = this.#now();
    this.#notBefore = end + (end - start) * 4;
  }

  #recount(): void {
    const rows = this.tree.columns;
    const { shown, position, shownChildren, lastShown } = this.#columns;
    shownChildren.fill(0, 0, this.#next);
    lastShown.fill(0, 0, this.#next);
    for (let row = 1; row < this.#next; row++) {
      if (shown[row] === HIDDEN || this.tree.isEmpty(row)) continue;
      const parent = rows.parent[row] ?? ROOT;
      const place = (shownChildren[parent] ?? 0) + 1;
      shownChildren[parent] = place;
      position[row] = place;
      lastShown[parent] = row;
    }
  }

  #fillOrder(): void {
    this.order.clear();
    this.runs.begin(this.#next);
    this.#fillBelow(ROOT);
  }

  /** Whether a row takes part in the list. One that the model has and the view has not taken in yet comes in its turn. */
  #isListed(row: number): boolean {
    return row < this.#next && this.#columns.shown[row] !== HIDDEN && !this.tree.isEmpty(row);
  }

  /** Lists what is below `top`, in the order of time but for groups that are sorted. */
  #fillBelow(top: number): void {
    if (this.#sort !== undefined && isSorted(this.tree, top)) {
      this.#fillSorted(top, this.#sort);
      return;
    }
    const rows = this.tree.columns;
    let row = rows.first[top] ?? NONE;
    while (row !== NONE) {
      let child = NONE;
      if (this.#isListed(row)) {
        this.order.push(row);
        const last = this.isFiltered ? NONE : this.runs.lastFrom(row, this.#next);
        if (last !== NONE && !this.isOpen(row)) row = last;
        else if (this.hasChildren(row) && this.isOpen(row)) child = rows.first[row] ?? NONE;
      }
      if (child !== NONE) {
        row = child;
        continue;
      }
      while (row !== top && (rows.next[row] ?? NONE) === NONE) row = rows.parent[row] ?? top;
      row = row === top ? NONE : (rows.next[row] ?? NONE);
    }
  }

  #fillSorted(top: number, sort: Sort): void {
    const { first, next } = this.tree.columns;
    const groups: number[] = [];
    for (let row = first[top] ?? NONE; row !== NONE; row = next[row] ?? NONE) if (this.#isListed(row)) groups.push(row);
    sortRows(this.tree, groups, sort);
    groups.forEach((row, i) => {
      this.#columns.position[row] = i + 1;
      this.order.push(row);
      if (this.hasChildren(row) && this.isOpen(row)) this.#fillBelow(row);
    });
  }

  get sort(): Sort | undefined {
    return this.#sort;
  }

  /** Puts groups in another order. */
  setSort(sort: Sort): void {
    const wanted = isInTime(sort) ? undefined : sort;
    if (wanted?.by === this.#sort?.by && wanted?.descending === this.#sort?.descending) return;
    this.#sort = wanted;
    this.#countsStale = true;
    this.rebuild();
  }

  /** Shows what a finished filter pass found; without a matcher, everything. */
  adopt(run: FilterRun): void {
    // Changed rows are left for the next call, which tests them again.
    this.sync(run, []);
    run.step(Infinity, this.#now);
    const columns = this.#columns;
    if (run.test === undefined) columns.shown.fill(MATCH, 1, this.#next);
    else columns.shown.set(run.shown.subarray(0, this.#next));
    this.tree.adoptMatches(run.sums);
    // What was closed under another filter says nothing about this one.
    const toggles = columns.toggles;
    for (let row = 1; row < this.#next; row++) toggles[row] = (toggles[row] ?? 0) & 3;
    this.#test = run.test;
    this.matches = run.matches;
    this.filterStale = run.isStale;
    this.#countsStale = true;
    this.rebuild();
  }

  /** Opens or closes one row. */
  setOpen(row: number, open: boolean): void {
    if (row === ROOT || this.isOpen(row) === open) return;
    this.#setToggle(row, open);
    this.rebuild();
  }

  #setToggle(row: number, open: boolean): void {
    const toggles = this.#columns.toggles;
    const value = open ? OPENED : CLOSED;
    const bits = toggles[row] ?? 0;
    toggles[row] = this.isFiltered ? (bits & 3) | (value << 2) : (bits & ~3) | value;
  }

  /** Opens all children of `parent` that have children of their own. */
  openChildren(parent: number): void {
    const rows = this.tree.columns;
    for (let row = rows.first[parent] ?? NONE; row !== NONE; row = rows.next[row] ?? NONE) {
      if (this.hasChildren(row)) this.#setToggle(row, true);
    }
    this.rebuild();
  }

  /** Forgets what was opened and closed one by one. */
  setMode(mode: OpenMode): void {
    this.#columns.toggles.fill(0);
    this.#mode = mode;
    if (this.isFiltered && mode === "none") {
      const rows = this.tree.columns;
      for (let row = 1; row < this.#next; row++) {
        if ((rows.first[row] ?? NONE) !== NONE) this.#columns.toggles[row] = CLOSED << 2;
      }
    }
    this.rebuild();
  }

  /** Opens all rows above `row`, so that it can be seen; false where it cannot: the filter hides it. */
  reveal(row: number): boolean {
    if (this.#columns.shown[row] === HIDDEN || this.tree.isEmpty(row)) return false;
    const { parent } = this.tree.columns;
    for (let at = row; at !== ROOT; at = parent[at] ?? ROOT) {
      const leader = this.runs.leaderOf(at);
      if (leader !== NONE && !this.order.has(at)) this.#setToggle(leader, true);
      if (at !== row && !this.isOpen(at)) this.#setToggle(at, true);
    }
    if (!this.order.has(row)) this.rebuild();
    unfold(this, row);
    return this.order.has(row);
  }

  /** Rows that the user opened or closed outside any filter, for the saved state; at most `limit`. */
  toggled(limit: number): { opened: number[]; closed: number[] } {
    const opened: number[] = [];
    const closed: number[] = [];
    for (let row = 1; row < this.#next && opened.length + closed.length < limit; row++) {
      const own = (this.#columns.toggles[row] ?? 0) & 3;
      if (own === OPENED) opened.push(row);
      else if (own === CLOSED) closed.push(row);
    }
    return { opened, closed };
  }

  /** Sets from a saved state, before the rows are there. Rows beyond the bound are ignored. */
  restore(mode: OpenMode, opened: readonly number[], closed: readonly number[]): void {
    this.#mode = mode;
    const highest = Math.max(0, ...opened, ...closed);
    if (highest >= this.#columns.toggles.length) {
      this.#columns = growColumns(viewSchema, this.#columns, capacityFor(highest + 1));
    }
    for (const row of opened) this.#columns.toggles[row] = OPENED;
    for (const row of closed) this.#columns.toggles[row] = CLOSED;
    this.rebuild();
  }
}
