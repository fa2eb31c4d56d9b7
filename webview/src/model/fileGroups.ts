// The directory under which many files of one process are folded into one row.

/** Directories that hold what tools put there: the first one in a path names the group. */
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

/**
 * `directory` cut to the level that reads well as a group: the first heap of packages or objects in it, else two levels
 * below the working directory, else three levels from the root.
 */
export const groupDirectory = (directory: string, cwd: string): string => {
  const heap = heapOf(directory);
  if (heap !== undefined) return heap;
  const parts = directory.split("/");
  const home = cwd === "/" || cwd === "" ? 1 : cwd.split("/").length;
  const inside = cwd !== "" && (directory === cwd || directory.startsWith(cwd.endsWith("/") ? cwd : `${cwd}/`));
  const depth = inside ? home + 2 : 4;
  return parts.slice(0, depth).join("/") || "/";
};
