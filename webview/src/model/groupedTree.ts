// The model's rows grouped by something else than their process: an index that is built in slices and kept up while the
// run goes on. Groups carry the sums of what is below them, changed by the difference whenever a row changes, so that a
// host with a hundred thousand connections costs no more to show than one with two.
import type { RowTest } from "../filter/match.ts";
import { verdictNumbers } from "./applyNet.ts";
import { capacityFor, type Columns, growColumns, makeColumns, MAX_TREE_CAPACITY } from "./columns.ts";
import { countChild, isEmptied, moveRow } from "./groupMoves.ts";
import { KeyIndex } from "./keyIndex.ts";
import { MatchSums } from "./matchSums.ts";
import { flag, kindOf, kinds, NONE, ROOT } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";
import type { ViewName, ViewTree } from "./viewTree.ts";

/** What a row of a grouped tree stands for. */
export const nodes = {
  root: 0,
  /** One row of the model. */
  row: 1,
  host: 2,
  /** A process within a host; it shows the model's row of the process. */
  process: 3,
  /** A directory that tools fill, such as node_modules. */
  heap: 4,
  directory: 5,
  /** A file: the model's row itself while there is only one for its path. */
  file: 6,
} as const;
export type NodeKind = (typeof nodes)[keyof typeof nodes];

const schema = {
  tag: Uint8Array,
  /** The flags of the model's rows below, of those that a group shows. */
  flags: Uint8Array,
  /** File operations below. */
  ops: Uint8Array,
  depth: Uint8Array,
  parent: Int32Array,
  first: Int32Array,
  last: Int32Array,
  next: Int32Array,
  children: Int32Array,
  /** Number of the process, for rows of a process. */
  owner: Int32Array,
  keyA: Int32Array,
  keyB: Int32Array,
  /** The model's row that is shown, 0 for none. */
  row: Int32Array,
  /** Files below. */
  files: Uint32Array,
  /** Connections, or file operations. */
  hits: Uint32Array,
  failed: Uint32Array,
  queries: Uint32Array,
  requests: Uint32Array,
  sent: Float64Array,
  received: Float64Array,
  /** Microseconds since the epoch of the newest event. */
  until: Float64Array,
};
export type NodeColumns = Columns<typeof schema>;
type NodeSums = Pick<
  MatchSums["columns"] | NodeColumns,
  "flags" | "ops" | "children" | "files" | "hits" | "failed" | "queries" | "requests" | "sent" | "received" | "until"
>;

/** How a view groups. */
export interface Grouping {
  readonly name: ViewName;
  /** Which kinds of the model's rows are shown. */
  readonly shows: (kind: number) => boolean;
  /** Adds a row for the model's row, with the groups that it needs, and returns it; the root where there is no room. */
  readonly add: (tree: GroupedTree, modelRow: number) => number;
  /** Where a row belongs whose host has got another name; absent where rows are not grouped by that. */
  readonly parentFor?: (tree: GroupedTree, modelRow: number) => number;
  readonly isOpenAtFirst: (kind: NodeKind) => boolean;
}

/** Rows of the model looked at in one update: some five milliseconds. */
const ROWS_PER_UPDATE = 16_384;
const SUMMED_FLAGS = flag.failed | flag.denied | flag.wouldBlock;
/** A group's own flag, beside those of rows: a policy has allowed something below. */
export const ALLOWED = flag.firstContact;
/** One row may need a row for its group, for the group above, for its file, and for the file's first row. */
const MOST_AT_ONCE = 4;

export class GroupedTree implements ViewTree {
  readonly name: ViewName;
  readonly model: RunModel;
  moves = 0;
  columns: NodeColumns = makeColumns(schema, capacityFor(1));
  count = 1;
  findable = 0;
  isBehind: boolean;
  /** Rows of the model for which there was no room. */
  left = 0;
  readonly #grouping: Grouping;
  readonly #limit: number;
  #index = new KeyIndex(capacityFor(1));
  /** By row of the model: the row here that shows it. */
  #rowFor = new Int32Array(capacityFor(1));
  #next = 1;
  #changed: number[] = [];
  /** How many of the renamed rows of the model have been moved. */
  #renamesSeen = 0;
  /** Of the filter that the groups are shown under, and of the pass that is under way. */
  #matched: MatchSums | undefined;
  #underWay: MatchSums | undefined;

  /** Takes up to `limit` rows; those of the model beyond are counted. */
  constructor(model: RunModel, grouping: Grouping, limit = MAX_TREE_CAPACITY) {
    this.model = model;
    this.name = grouping.name;
    this.#grouping = grouping;
    this.#limit = limit;
    this.isBehind = model.rowCount > 1;
  }

  get capacity(): number {
    return this.columns.tag.length;
  }
  get hasRoom(): boolean {
    return this.count + MOST_AT_ONCE <= this.#limit;
  }

  kind(row: number): NodeKind {
    return (this.columns.tag[row] ?? 0) as NodeKind;
  }

  isOpenAtFirst(row: number): boolean {
    return this.#grouping.isOpenAtFirst(this.kind(row));
  }

  modelRow(row: number): number {
    return this.columns.row[row] ?? ROOT;
  }

  rowFor(modelRow: number): number {
    return this.#rowFor[modelRow] ?? ROOT;
  }

  isAlias(row: number): boolean {
    return this.kind(row) === nodes.process;
  }

  isEmpty(row: number): boolean {
    const kind = this.kind(row);
    return (kind === nodes.host || kind === nodes.process) && this.columns.children[row] === 0;
  }

  /** A group is shown for what is in it, never for itself. */
  testFor(test: RowTest): RowTest {
    return (row) => {
      const shown = this.columns.row[row] ?? ROOT;
      return shown !== ROOT && !this.isEmpty(row) && test(shown);
    };
  }

  update(touched: readonly number[]): readonly number[] {
    const { model } = this;
    if (this.#rowFor.length < model.rows.tag.length) {
      const grown = new Int32Array(model.rows.tag.length);
      grown.set(this.#rowFor);
      this.#rowFor = grown;
    }
    this.#takeRenames();
    for (const modelRow of touched) {
      const row = this.#rowFor[modelRow] ?? ROOT;
      if (row === ROOT) continue;
      this.#count(row);
      this.#changed.push(row);
    }
    const stop = Math.min(model.rowCount, this.#next + ROWS_PER_UPDATE);
    for (let modelRow = this.#next; modelRow < stop; modelRow++) {
      if (!this.#grouping.shows(kindOf(model.rows.tag[modelRow] ?? 0))) continue;
      const row = this.hasRoom ? this.#grouping.add(this, modelRow) : ROOT;
      if (row === ROOT) this.left += 1;
      else this.#count(row);
    }
    this.#next = stop;
    this.isBehind = stop < model.rowCount;
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /** What a group comes to, and where in the columns: of the rows that fit where there is a filter, else of all. */
  sumsOf(row: number): { readonly sums: NodeSums; readonly at: number } {
    const matched = this.#matched;
    return matched === undefined ? { sums: this.columns, at: row } : { sums: matched.columns, at: matched.slotOf(row) };
  }

  beginMatches(): MatchSums {
    this.#underWay = new MatchSums();
    return this.#underWay;
  }

  adoptMatches(sums: MatchSums | undefined): void {
    this.#matched = sums;
    this.#underWay = undefined;
  }

  addMatch(row: number, sums = this.#matched): void {
    if (!this.isAlias(row)) sums?.add(this.columns, row, this.#isFile);
  }

  readonly #isFile = (row: number): boolean => this.columns.tag[row] === nodes.file;

  /** Takes a row out of the sums that it is in, and gives what puts it back where it is then. */
  #takeOut(row: number): (at: number) => void {
    const from = [this.#matched, this.#underWay].filter((sums) => sums?.remove(this.columns, row, this.#isFile));
    return (at) => {
      for (const sums of from) sums?.add(this.columns, at, this.#isFile);
    };
  }

  /** The group of this kind and key, or the root for none. */
  find(kind: NodeKind, owner: number, keyA: number, keyB: number): number {
    return this.#index.find(this.columns, kind, owner, keyA, keyB);
  }

  /** Adds a group that is found again by its key. `shown` is the model's row that it shows, 0 for none. */
  addGroup(kind: NodeKind, parent: number, owner: number, keyA: number, keyB: number, shown: number): number {
    const row = this.#append(kind, parent, shown);
    const columns = this.columns;
    columns.owner[row] = owner;
    columns.keyA[row] = keyA;
    columns.keyB[row] = keyB;
    this.#index.add(columns, row);
    return row;
  }

  /** Adds a row that shows one row of the model. */
  addRow(parent: number, modelRow: number): number {
    return this.#append(nodes.row, parent, modelRow);
  }

  /** Says that the group `row` shows `modelRow` no longer, and gives what it has counted to a row of its own below it. */
  handDown(row: number): number {
    const modelRow = this.modelRow(row);
    // Whether it fits is found anew for the row below, which is a new one.
    this.#takeOut(row);
    this.columns.row[row] = ROOT;
    this.findable -= 1;
    this.#changed.push(row);
    const below = this.addRow(row, modelRow);
    const columns = this.columns;
    for (const name of ["flags", "ops", "hits", "until"] as const) columns[name][below] = columns[name][row] ?? 0;
    return below;
  }

  /** Counts a file on all groups above `row`. */
  countFile(row: number): void {
    const { parent, files } = this.columns;
    for (let at = parent[row] ?? ROOT; at !== ROOT; at = parent[at] ?? ROOT) files[at] = (files[at] ?? 0) + 1;
  }

  /** Moves rows to the host whose name they have got. */
  #takeRenames(): void {
    const { renamed } = this.model;
    for (; this.#renamesSeen < renamed.length; this.#renamesSeen++) {
      const row = this.#rowFor[renamed[this.#renamesSeen] ?? ROOT] ?? ROOT;
      if (row === ROOT || !this.hasRoom || this.#grouping.parentFor === undefined) continue;
      const to = this.#grouping.parentFor(this, this.modelRow(row));
      const from = this.columns.parent[row] ?? ROOT;
      const putBack = this.#takeOut(row);
      const wasEmpty = this.isAlias(to) && isEmptied(this.columns, to);
      if (to === from || !moveRow(this.columns, row, to)) {
        putBack(row);
        continue;
      }
      if (wasEmpty) this.findable += 1;
      this.moves += 1;
      this.#count(row);
      putBack(row);
      this.#changed.push(row);
      if (!this.isAlias(to)) continue;
      if (this.isEmpty(from)) this.findable -= 1;
      const shown = this.modelRow(to);
      if (this.isEmpty(this.#rowFor[shown] ?? ROOT)) this.#rowFor[shown] = to;
    }
  }

  #append(kind: NodeKind, parent: number, shown: number): number {
    if (this.count >= this.capacity) {
      const wanted = capacityFor(this.count + 1);
      this.columns = growColumns(schema, this.columns, wanted);
      this.#index = this.#index.grown(wanted, this.columns);
    }
    const columns = this.columns;
    const row = this.count++;
    columns.tag[row] = kind;
    columns.parent[row] = parent;
    columns.depth[row] = parent === ROOT ? 0 : (columns.depth[parent] ?? 0) + 1;
    columns.row[row] = shown;
    const before = columns.last[parent] ?? NONE;
    if (before === NONE) columns.first[parent] = row;
    else columns.next[before] = row;
    columns.last[parent] = row;
    this.#countChild(parent);
    if (shown !== ROOT) {
      this.findable += 1;
      if (kind !== nodes.process || this.#rowFor[shown] === ROOT) this.#rowFor[shown] = row;
    }
    return row;
  }

  #countChild(parent: number): void {
    if (!countChild(this.columns, parent)) return;
    // A group that was empty is there again, between others.
    this.moves += 1;
    if (this.isAlias(parent)) this.findable += 1;
  }

  /** Brings what `row` has counted of its row of the model up to date, and the sums above it. */
  #count(row: number): void {
    if (this.kind(row) === nodes.process) return;
    const { rows, flows } = this.model;
    const modelRow = this.modelRow(row);
    const kind = kindOf(rows.tag[modelRow] ?? 0);
    const hits = rows.hits[modelRow] ?? 0;
    const ops = kind === kinds.file ? (rows.state[modelRow] ?? 0) : 0;
    const until = rows.until[modelRow] ?? 0;
    const columns = this.columns;
    const counter = kind === kinds.dns ? columns.queries : kind === kinds.http ? columns.requests : columns.hits;
    // A word of the firewall's is no call of its own.
    const more = kind === kinds.firewall ? 0 : hits - (counter[row] ?? 0);
    const flow = kind === kinds.net ? (rows.ref[modelRow] ?? 0) : NONE;
    const allowed = flow !== NONE && flows.verdict[flow] === verdictNumbers.allowed ? ALLOWED : 0;
    const flags = ((rows.flags[modelRow] ?? 0) & SUMMED_FLAGS) | allowed;
    const failed = flow === NONE ? 0 : (flows.failed[flow] ?? 0) - (columns.failed[row] ?? 0);
    const sent = flow === NONE ? 0 : (flows.sent[flow] ?? 0) - (columns.sent[row] ?? 0);
    const received = flow === NONE ? 0 : (flows.received[flow] ?? 0) - (columns.received[row] ?? 0);
    for (const sums of [this.#matched, this.#underWay]) {
      if (sums?.has(row) !== true) continue;
      const [queries, requests] = [counter === columns.queries ? more : 0, counter === columns.requests ? more : 0];
      const calls = more - queries - requests;
      sums.count(columns, row, { hits: calls, queries, requests, failed, sent, received, flags, ops, until });
    }
    for (let at = row; at !== ROOT; at = columns.parent[at] ?? ROOT) {
      counter[at] = (counter[at] ?? 0) + more;
      columns.flags[at] = (columns.flags[at] ?? 0) | flags;
      columns.ops[at] = (columns.ops[at] ?? 0) | ops;
      if (until > (columns.until[at] ?? 0)) columns.until[at] = until;
      if (flow === NONE) continue;
      columns.failed[at] = (columns.failed[at] ?? 0) + failed;
      columns.sent[at] = (columns.sent[at] ?? 0) + sent;
      columns.received[at] = (columns.received[at] ?? 0) + received;
    }
  }

  /** When the first thing below `row` took place, in microseconds since the epoch. */
  since(row: number): number {
    const { first, next, row: shown, tag } = this.columns;
    let at = row;
    for (let below = at; below !== NONE;) {
      at = below;
      const isGroup = tag[at] === nodes.process || (shown[at] ?? ROOT) === ROOT;
      below = isGroup ? (first[at] ?? NONE) : NONE;
      while (below !== NONE && this.isEmpty(below)) below = next[below] ?? NONE;
    }
    return this.model.rows.time[shown[at] ?? ROOT] ?? 0;
  }
}
