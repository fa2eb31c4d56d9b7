// Finds the cgroup v2 tree and our own place in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";

export interface CgroupMount {
  /** Where it is mounted. */
  readonly path: string;
  /** The cgroup that is seen there: "/" but in containers that see only a part. */
  readonly root: string;
  readonly readOnly: boolean;
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The cgroup v2 mounts in the text of /proc/self/mountinfo. */
export const parseCgroupMounts = (mountinfo: string): CgroupMount[] =>
  mountinfo.split("\n").flatMap((line) => {
    const [left, right] = line.split(" - ");
    if (left === undefined || right === undefined || !right.startsWith("cgroup2 ")) return [];
    const fields = left.split(" ");
    const [root, path, options] = [fields[3], fields[4], fields[5]];
    if (root === undefined || path === undefined) return [];
    const flags = `${options ?? ""},${right.split(" ")[2] ?? ""}`.split(",");
    return [{ path: unescape(path), root: unescape(root), readOnly: flags.includes("ro") }];
  });

/** Our cgroup v2 path in the text of /proc/self/cgroup, or undefined. */
export const parseOwnCgroup = (text: string): string | undefined => /^0::(\/.*)$/m.exec(text)?.[1];

/** The directory of the cgroup `own` below `mount`; the mount itself where it lies outside of what is seen there. */
export const cgroupDirectory = (mount: CgroupMount, own: string): string => {
  const root = mount.root === "/" ? "" : mount.root;
  const inside = own === root || own.startsWith(`${root}/`);
  return inside && !own.includes("/..") ? join(mount.path, own.slice(root.length)).replace(/\/$/, "") : mount.path;
};

export interface CgroupTree {
  readonly mount: CgroupMount;
  /** Directory of the cgroup that we are in. */
  readonly own: string;
}

/** Throws a `UserError` where this machine has no cgroup v2. */
export const findCgroupTree = (): CgroupTree => {
  const mounts = parseCgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"));
  const mount = mounts.find((candidate) => !candidate.readOnly) ?? mounts[0];
  if (mount === undefined) {
    throw new UserError(
      "no cgroup v2 is mounted, and it is what tells the watched processes from others: mount one with " +
        '"mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified"',
      3,
    );
  }
  const own = parseOwnCgroup(readFileSync("/proc/self/cgroup", "utf8")) ?? "/";
  return { mount, own: cgroupDirectory(mount, own) };
};
