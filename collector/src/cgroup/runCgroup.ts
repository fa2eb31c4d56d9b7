// The cgroup of one run: what is in it, or was started by something in it, is what `record` watches.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";
import { makerName } from "../makerName.ts";
import { findCgroupTree } from "./mount.ts";

/** What `read` gives, or `otherwise` where the cgroup is gone: who is watched may remove it, as root, at any moment. */
const unlessGone = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch (error) {
    // ENODEV: it went between opening its file and reading it. EOPNOTSUPP: a threaded one has no list of processes.
    if (["ENOENT", "ENODEV", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) return otherwise;
    throw error;
  }
};

/** Pids of the processes in a cgroup and below it. */
export const processesIn = (path: string): number[] => {
  const list = unlessGone(() => readFileSync(join(path, "cgroup.procs"), "utf8"), "");
  return [...list.split("\n").filter(Boolean).map(Number), ...childrenOf(path).flatMap(processesIn)];
};

const childrenOf = (path: string): string[] =>
  unlessGone(() => readdirSync(path, { withFileTypes: true }), [])
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name));

/** Removes a cgroup and those below it; false where processes are in it or it cannot be removed. */
export const removeCgroup = (path: string): boolean => {
  try {
    for (const child of childrenOf(path)) removeCgroup(child);
    rmdirSync(path);
    return true;
  } catch (error) {
    return errnoOf(error) === "ENOENT";
  }
};

/** Moves all processes of a cgroup into the one above it, where their limits stay the same; gives their pids. */
export const evacuate = (path: string): number[] => {
  const moved = new Set<number>();
  const target = join(dirname(path), "cgroup.procs");
  // Twice, as one of them may have forked in between.
  for (let round = 0; round < 3; round++) {
    for (const pid of processesIn(path)) {
      try {
        writeFileSync(target, String(pid));
        moved.add(pid);
      } catch {
        // It ended, or is a kernel thread that cannot be moved.
      }
    }
  }
  return [...moved];
};

/** Ends all processes in a cgroup and below it, at once; false where this kernel cannot, or it is gone. */
export const killAll = (path: string): boolean => {
  try {
    writeFileSync(join(path, "cgroup.kill"), "1");
    return true;
  } catch {
    return false;
  }
};

export interface RunCgroup {
  readonly path: string;
  add(pid: number): void;
  /** Whether any process is in it or below it. */
  populated(): boolean;
}

/**
 * Makes a cgroup below our own, so that the limits that we are under hold for the command too. Throws a `UserError`
 * where that is refused.
 */
export const createRunCgroup = (): RunCgroup => {
  const { mount, own } = findCgroupTree();
  const name = makerName();
  let refused: unknown;
  for (const parent of new Set([own, mount.path])) {
    const path = join(parent, name);
    try {
      mkdirSync(path);
    } catch (error) {
      refused ??= error;
      continue;
    }
    return {
      path,
      add: (pid) => writeFileSync(join(path, "cgroup.procs"), String(pid)),
      populated: () => /^populated 1$/m.test(unlessGone(() => readFileSync(join(path, "cgroup.events"), "utf8"), "")),
    };
  }
  const remedy = mount.readOnly
    ? "cgroups are mounted read-only here, as in most containers: run this on the host, or in a privileged container"
    : 'see "runglass doctor"';
  throw new UserError(`cannot make a cgroup in ${own}: ${messageOf(refused)}; ${remedy}`, 3);
};
