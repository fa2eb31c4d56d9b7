// What killed runs left behind: their cgroups, and what keeps their egress policy enforced.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isOfDeadMaker } from "../makerName.ts";
import { findCgroupTree } from "./mount.ts";
import { leftoverPins, removePins } from "./pins.ts";
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

/**
 * Removes the cgroups that are empty, and the enforcement of runs of which nothing runs any more: what every start does. Never
 * fails: it is not what the user asked for.
 */
export const removeEmptyLeftovers = (): void => {
  const left = findLeftovers(findCgroupTree().mount.path, DEPTH).filter((path) => !removeCgroup(path));
  const contained = new Set(left.map((path) => basename(path)));
  for (const name of leftoverPins()) if (!contained.has(name)) removePins(name);
};

export interface Cleaned {
  /** Of the cgroup; of enforcement alone, its name. */
  readonly path: string;
  readonly removed: boolean;
  /** Processes that still ran there and now run in the cgroup above. */
  readonly moved: readonly number[];
}

/** Removes all of it; processes that still run there go on in the cgroup above, and nothing is refused to them any more. */
export const removeLeftovers = (): Cleaned[] => {
  const cgroups = findLeftovers(findCgroupTree().mount.path, DEPTH).map((path) => {
    const moved = evacuate(path);
    return { path, moved, removed: removeCgroup(path) };
  });
  const pins = leftoverPins().map((name) => ({
    path: `the enforcement of ${name}`,
    moved: [],
    removed: removePins(name),
  }));
  return [...cgroups, ...pins];
};
