// The files that `lint` looks at.
import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { kindOf } from "../model/workflow.ts";

/** They hold other people's files. */
const PASSED_OVER = new Set(["node_modules", ".git"]);
const DEEPEST = 40;

/** Paths below a folder. What it holds is known by its whole path, also from inside of the folder of workflows. */
const walk = async (folder: string, depth: number, found: string[]): Promise<void> => {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    // A folder inside of the one that was named, which nobody may read.
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name) && depth < DEEPEST) await walk(path, depth + 1, found);
    } else if (
      kindOf(resolve(path)) !== "other" &&
      (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path))))
    ) {
      found.push(path);
    }
  }
};

/** As seen from the working folder, for what is below it. */
const shownPath = (path: string): string => {
  const shown = relative(process.cwd(), path);
  return shown === "" || shown.startsWith("..") || isAbsolute(shown) ? path : shown;
};

const isFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};

/** A file as it is given, or what a folder holds. Rejects where the path cannot be read, or is neither. */
export const findFiles = async (path: string): Promise<readonly string[]> => {
  const stats = await stat(path);
  if (stats.isFile()) return [path];
  if (!stats.isDirectory()) throw new Error("it is neither a file nor a folder");
  // Only what is inside may be unreadable; the folder itself must not.
  await readdir(path);
  const found: string[] = [];
  await walk(path, 0, found);
  return found.map((one) => shownPath(one));
};
