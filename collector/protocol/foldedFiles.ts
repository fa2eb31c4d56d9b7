// A burst of changes by one process below one directory is told in few events, each for many files; here they are
// unfolded again. Also the directories that tools fill, which are the usual place of bursts.
import type { FileWrite } from "./events.ts";

/** What one event says of one file. */
export interface FileChange {
  readonly path: string;
  /** The old path of a rename, the target of a link; undefined where there is none. */
  readonly from: string | undefined;
  /** Equal operations on it. */
  readonly count: number;
}

/** The files that an event is about, in its order: one, or those that were folded into it. */
export function* changesOf({ file, count }: FileWrite): Generator<FileChange> {
  if (file.files === undefined) {
    yield { path: file.path, from: file.from, count: count ?? 1 };
    return;
  }
  const base = file.path === "/" ? "/" : `${file.path}/`;
  let i = 0;
  for (const directory of Object.keys(file.files)) {
    for (const name of file.files[directory] ?? []) {
      const from = file.froms?.[i];
      yield {
        path: base + directory + name,
        from: from === undefined ? undefined : base + from,
        count: file.counts?.[i] ?? 1,
      };
      i++;
    }
  }
}

/** Names of directories that hold what tools put there. */
const heaps = new Set([
  "node_modules",
  "site-packages",
  "dist-packages",
  ".git",
  ".cache",
  ".npm",
  ".cargo",
  ".gradle",
  ".m2",
  "target",
  "vendor",
  "__pycache__",
]);

/** `directory` up to the first heap of packages or objects in it; undefined where there is none. */
export const heapOf = (directory: string): string | undefined => {
  const parts = directory.split("/");
  const heap = parts.findIndex((part) => heaps.has(part));
  return heap > 0 ? parts.slice(0, heap + 1).join("/") : undefined;
};
