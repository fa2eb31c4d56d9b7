// Changes of one kind that are told in one event: what it says of their files.
import type { FoldedFiles } from "./lines.ts";

/** What can be folded; a link or symlink says more than a path. */
export type FoldableOp = "create" | "write" | "truncate" | "chmod" | "unlink" | "rename";
const FOLDABLE: ReadonlySet<string> = new Set<FoldableOp>(["create", "write", "truncate", "chmod", "unlink", "rename"]);
export const isFoldable = (op: string): op is FoldableOp => FOLDABLE.has(op);

/** What may come again and again for one file, and is counted then. */
const REPEATED: ReadonlySet<FoldableOp> = new Set<FoldableOp>(["write", "truncate", "chmod"]);

export interface Entry {
  readonly path: string;
  /** That `path` is in. */
  readonly directory: string;
  /** The old path of a rename, else empty. */
  readonly from: string;
  readonly t: number;
  count: number;
}

export const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Is `path` that directory, or below it? */
export const isBelow = (path: string, directory: string): boolean =>
  path.startsWith(directory) && (path.length === directory.length || path[directory.length] === "/");

/** The deepest directory that all of `directories` are in. */
const commonOf = (directories: Iterable<string>): string => {
  let common: string | undefined;
  for (const directory of directories) {
    common ??= directory;
    while (!isBelow(directory, common)) common = directoryOf(common);
  }
  return common ?? "";
};

const countsOf = (entries: readonly Entry[]): readonly number[] | undefined =>
  entries.some(({ count }) => count > 1) ? entries.map(({ count }) => count) : undefined;

/** By directory, so that its name stands there once. */
const byDirectory = (entries: readonly Entry[]): FoldedFiles => {
  const lists = new Map<string, Entry[]>();
  for (const entry of entries) {
    const list = lists.get(entry.directory);
    if (list === undefined) lists.set(entry.directory, [entry]);
    else list.push(entry);
  }
  const path = commonOf(lists.keys());
  const key = (directory: string): string => (directory === path ? "" : `${directory.slice(path.length + 1)}/`);
  const names = (directory: string, list: readonly Entry[]): readonly string[] =>
    list.map((entry) => entry.path.slice(directory.length + 1));
  const files = new Map([...lists].map(([directory, list]) => [key(directory), names(directory, list)]));
  return { path: path === "" ? "/" : path, files, counts: countsOf([...lists.values()].flat()), froms: undefined };
};

/** In their order: one may rename what another one has renamed, or the directory that it is in. */
const renames = (entries: readonly Entry[]): FoldedFiles => {
  const path = commonOf(entries.flatMap(({ directory, from }) => [directory, directoryOf(from)]));
  const relative = (name: string): string => name.slice(path.length + 1);
  const files = new Map([["", entries.map((entry) => relative(entry.path))]]);
  const froms = entries.map(({ from }) => relative(from));
  return { path: path === "" ? "/" : path, files, counts: countsOf(entries), froms };
};

export class BurstGroup {
  readonly op: FoldableOp;
  /** In the order in which the first of each came. */
  readonly entries: Entry[] = [];
  /** Of paths, in bytes or so. */
  characters = 0;
  /** Time of the last. */
  latest = 0;
  /** By path; made when it is first asked for. */
  #byPath: Map<string, Entry> | undefined;
  /** Old and new paths of renames. */
  readonly #renamed = new Set<string>();

  constructor(op: FoldableOp) {
    this.op = op;
  }

  add(entry: Entry): void {
    this.latest = entry.t;
    const known = REPEATED.has(this.op) ? this.#index().get(entry.path) : undefined;
    if (known !== undefined) {
      known.count += entry.count;
      return;
    }
    this.entries.push(entry);
    this.characters += entry.path.length + entry.from.length;
    this.#byPath?.set(entry.path, entry);
    if (entry.from !== "") this.#renamed.add(entry.path).add(entry.from);
  }

  /** Was something done to the file here, or did it or a directory above get or lose its name? */
  touches(path: string): boolean {
    if (this.#index().has(path)) return true;
    if (this.#renamed.size === 0) return false;
    for (let name = path; name !== ""; name = directoryOf(name)) if (this.#renamed.has(name)) return true;
    return false;
  }

  folded(): FoldedFiles {
    return this.op === "rename" ? renames(this.entries) : byDirectory(this.entries);
  }

  #index(): Map<string, Entry> {
    this.#byPath ??= new Map(this.entries.map((entry) => [entry.path, entry]));
    return this.#byPath;
  }
}
