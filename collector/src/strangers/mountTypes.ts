// Which file systems are mounted where. To look at a file on some of them is to ask a program or another machine, which
// may take its time or never answer.
import { readFileSync } from "node:fs";

/** Served by a program, or over a network. */
const MAY_WAIT = /^(?:fuse(?!ctl)|nfs|cifs|smb|autofs|ceph|afs|coda|lustre|glusterfs|orangefs|9p|ncp)/;

const unescape = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Mount points of such file systems, by the text of a `mountinfo`. What the whole machine stands on is not asked about. */
export const waitingMounts = (mountinfo: string): ReadonlySet<string> => {
  const points = new Map<string, boolean>();
  for (const line of mountinfo.split("\n")) {
    const [mount = "", source = ""] = line.split(" - ");
    const point = mount.split(" ")[4];
    // What is mounted on top comes last.
    if (point !== undefined) points.set(unescape(point), MAY_WAIT.test(source));
  }
  points.delete("/");
  return new Set([...points].flatMap(([point, waits]) => (waits ? [point] : [])));
};

/** Of this machine, as it is now. */
export const currentWaitingMounts = (): ReadonlySet<string> =>
  waitingMounts(readFileSync("/proc/self/mountinfo", "utf8"));
