// Opens a file that somebody else may put anything in the place of: a pipe, a device, a file system of their own, a link
// to another file. Nothing here waits for anybody, and nothing but a regular file is ever opened.
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, type Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { currentWaitingMounts } from "./mountTypes.ts";

/** Only names a file, and opens nothing. */
const O_PATH = 0o10000000;
const MOST_LINKS = 16;

/** The path without its links, each step looked at before it is taken. Throws where a step could wait, or is not there. */
const wayTo = (path: string, waiting: ReadonlySet<string>, links = { left: MOST_LINKS }): string => {
  const above = dirname(path);
  if (above === path) return path;
  const here = join(wayTo(above, waiting, links), path.slice(above === "/" ? 1 : above.length + 1));
  if (waiting.has(here)) throw new Error(`${here} is a file system that may never answer`);
  if (!lstatSync(here).isSymbolicLink()) return here;
  if (links.left-- <= 0) throw new Error(`${path} has too many links`);
  return wayTo(resolve(dirname(here), readlinkSync(here)), waiting, links);
};

export interface OpenedFile {
  readonly fd: number;
  readonly stats: Stats;
}

/** A directory by its path without links, fit to be listed. Throws where it is none or could wait. */
export const strangersDirectory = (path: string): string => wayTo(resolve(path), currentWaitingMounts());

/**
 * Opens the regular file at `path` (no link itself) for reading, where `isTheirs` agrees to its owner. Throws where it is
 * not there, or anything else than that.
 */
export const openStrangersFile = (path: string, isTheirs: (uid: number) => boolean): OpenedFile => {
  const waiting = currentWaitingMounts();
  const place = join(wayTo(dirname(resolve(path)), waiting), basename(path));
  if (waiting.has(place)) throw new Error(`${place} is a file system that may never answer`);
  const named = openSync(place, O_PATH | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(named);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    if (!isTheirs(stats.uid)) throw new Error(`${path} belongs to user ${stats.uid}`);
    // What was looked at, whatever is at the path by now.
    const fd = openSync(`/proc/self/fd/${named}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    return { fd, stats };
  } finally {
    closeSync(named);
  }
};
