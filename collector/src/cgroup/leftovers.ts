// Cgroups that killed runs left behind.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isOfDeadMaker } from "../makerName.ts";
import { findCgroupTree } from "./mount.ts";
import { evacuate, removeCgroup } from "./runCgroup.ts";

const DEPTH = 8;

const findLeftovers = (path: string, depth: number): string[] => {
  let names: string[];
  try {
    names = readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return []; // It was removed while we looked.
  }
  return names.flatMap((name) => {
    if (isOfDeadMaker(name)) return [join(path, name)];
    return depth > 0 ? findLeftovers(join(path, name), depth - 1) : [];
  });
};

/** Removes the empty ones: what every start does. Never fails: it is not what the user asked for. */
export const removeEmptyLeftovers = (): void => {
  for (const path of findLeftovers(findCgroupTree().mount.path, DEPTH)) removeCgroup(path);
};

export interface Cleaned {
  readonly path: string;
  readonly removed: boolean;
  /** Processes that still ran there and now run in the cgroup above. */
  readonly moved: readonly number[];
}

/** Removes all of them; processes that still run there go on in the cgroup above. */
export const removeLeftovers = (): Cleaned[] =>
  findLeftovers(findCgroupTree().mount.path, DEPTH).map((path) => {
    const moved = evacuate(path);
    return { path, moved, removed: removeCgroup(path) };
  });
