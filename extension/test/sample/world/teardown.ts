import { readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { removeNamespaces } from "./namespaces.ts";
import { keptDir, ownerOf, type WorldNames } from "./names.ts";
import { endProcessesIn } from "./processes.ts";

/** Removes everything of one world: processes, namespaces, files. With `keep` the files move to `keptDir` instead. */
export const tearDown = async (names: WorldNames, keep = false): Promise<void> => {
  await endProcessesIn(names.runner);
  await endProcessesIn(names.net);
  removeNamespaces(names);
  if (keep) renameSync(names.dir, keptDir(names.dir));
  else rmSync(names.dir, { recursive: true, force: true, maxRetries: 3 });
};

const list = (dir: string): string[] => {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
};

/** Removes the worlds whose owner was killed before it could; worlds of living owners stay untouched. Returns their ids. */
export const sweepDeadWorlds = async (): Promise<string[]> => {
  const dead = new Map<string, WorldNames>();
  for (const name of [...list("/run/netns"), ...list("/etc/netns"), ...list(tmpdir())]) {
    const owner = ownerOf(name);
    if (owner && !owner.alive) dead.set(owner.id, owner.names);
  }
  for (const names of dead.values()) await tearDown(names);
  return [...dead.keys()];
};
