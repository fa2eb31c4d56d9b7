import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** When a process was started, in clock ticks after boot (field 22 of /proc/PID/stat); undefined when there is no such process, or only its zombie. */
export const startTime = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in brackets may hold spaces and brackets itself, so fields are counted from the last one.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : Number(fields[19]);
  } catch {
    return undefined;
  }
};

/**
 * The names of all that one world puts on the machine. They hold the owner's pid and start time, so that anyone can tell
 * from a name alone whether its owner still lives: no state file has to survive for a later run to clean up after a killed one.
 */
export interface WorldNames {
  readonly id: string;
  /** Network namespace of the servers. */
  readonly net: string;
  /** Network namespace of the runner. */
  readonly runner: string;
  /** Directory of everything the world and its session write. */
  readonly dir: string;
}

const PREFIX = "rgs-";

const namesOf = (id: string): WorldNames => ({
  id,
  net: `${PREFIX}${id}-net`,
  runner: `${PREFIX}${id}-runner`,
  dir: join(tmpdir(), `${PREFIX}${id}`),
});

/** Names for a world owned by this process. */
export const ownNames = (): WorldNames => namesOf(`${process.pid}-${(startTime(process.pid) ?? 0).toString(36)}`);

/** The owner that a namespace or directory name speaks of; undefined for names that are not ours. */
export const ownerOf = (name: string): { id: string; names: WorldNames; alive: boolean } | undefined => {
  const match = /^rgs-((\d+)-([0-9a-z]+))(?:-net|-runner)?$/.exec(name);
  if (!match) return undefined;
  const [, id = "", pid = "", start = ""] = match;
  return { id, names: namesOf(id), alive: startTime(Number(pid)) === Number.parseInt(start, 36) };
};

/** Where a world's files go when they are to be kept: no later run takes that name for one of a dead world. */
export const keptDir = (dir: string): string => join(dirname(dir), `runglass-kept-${basename(dir)}`);
