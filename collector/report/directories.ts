// File operations by directory, in bounded memory: where there are too many directories, the deepest are folded into
// the ones above them until there are not.
import type { FileWrite } from "../protocol/events.ts";
import { changesOf } from "../protocol/foldedFiles.ts";
import { add } from "./counting.ts";
import type { DirectorySummary } from "./runSummary.ts";
import { unfoldDirectories, type DirectoryEntry } from "./unfoldDirectories.ts";

/** Nobody reads deeper; but someone may make deep paths to use up our memory. */
const MOST_DEPTH = 32;

type Entries = Map<string, DirectoryEntry>;

const parentOf = (path: string): string => {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
};

const depthOf = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);

/** `path`, or its ancestor at `depth`. */
const cutTo = (path: string, depth: number): string => path.split("/", depth + 1).join("/") || "/";

const entryAt = (entries: Entries, path: string): DirectoryEntry => {
  let entry = entries.get(path);
  if (entry === undefined) {
    entry = { operations: new Map(), total: 0, below: false };
    entries.set(path, entry);
  }
  return entry;
};

/** Folds what is deeper than `depth`. */
const foldTo = (entries: Entries, depth: number): Entries => {
  const folded: Entries = new Map();
  for (const [path, from] of entries) {
    const cut = cutTo(path, depth);
    const to = entryAt(folded, cut);
    for (const [op, count] of from.operations) add(to.operations, op, count);
    to.total += from.total;
    to.below ||= from.below || cut !== path;
  }
  return folded;
};

/** The greatest depth at which no more than `most` directories are left. */
const depthFor = (entries: Entries, most: number): number => {
  let high = 0;
  for (const path of entries.keys()) high = Math.max(high, depthOf(path));
  // By halves: a path can be 2,000 directories deep, and it may be there to make us slow.
  let low = 0;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const left = new Set<string>();
    for (const path of entries.keys()) left.add(cutTo(path, middle));
    if (left.size <= most) low = middle;
    else high = middle - 1;
  }
  return low;
};

export class DirectoryTally {
  readonly #most: number;
  #entries: Entries = new Map();
  #depth = MOST_DEPTH;
  #operations = 0;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** All operations seen, folded repeats counted. */
  get operations(): number {
    return this.#operations;
  }

  take(event: FileWrite): void {
    for (const { path, count } of changesOf(event)) this.#add(parentOf(path), event.file.op, count);
    if (this.#entries.size > this.#most) {
      // To the half, so that folding is rare.
      this.#depth = depthFor(this.#entries, this.#most / 2);
      this.#entries = foldTo(this.#entries, this.#depth);
    }
  }

  #add(directory: string, op: string, count: number): void {
    const cut = cutTo(directory, this.#depth);
    const entry = entryAt(this.#entries, cut);
    add(entry.operations, op, count);
    entry.total += count;
    entry.below ||= cut !== directory;
    this.#operations += count;
  }

  /** At most `most` directories, the busiest first; together they count every operation. */
  list(most: number): readonly DirectorySummary[] {
    return unfoldDirectories(this.#entries, most);
  }
}
