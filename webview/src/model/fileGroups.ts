// The directory under which many files of one process are folded into one row.

import { heapOf } from "../../../collector/protocol/foldedFiles.ts";

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
