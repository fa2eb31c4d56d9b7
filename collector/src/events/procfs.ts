// What /proc says of a process that the sensor's events did not introduce: one that was moved into the watched cgroup,
// or whose exec was lost.
import { closeSync, openSync, readFileSync, readlinkSync, readSync } from "node:fs";

/** CLOCK_BOOTTIME ns at which the process began, to the tick (10 ms), and its parent; undefined when it is gone. */
export const readStat = (pid: number | "self"): { readonly ppid: number; readonly start: number } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { ppid: Number(fields[1]), start: Number(fields[19]) * TICK_NS };
  } catch {
    return undefined;
  }
};
/** USER_HZ is 100 on every architecture that Runglass runs on. */
export const TICK_NS = 10_000_000;

/** Is the process of that pid still the one that began at `start` (ns of CLOCK_BOOTTIME)? */
export const isSameProcess = (pid: number, start: number): boolean => {
  const stat = readStat(pid);
  return stat !== undefined && Math.abs(stat.start - start) <= 2 * TICK_NS;
};

export interface ProcFacts {
  readonly ppid: number;
  readonly uid: number;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
}

/** Facts of the process (pid, start), or undefined when it is gone or the pid is another process by now. */
export const readProcess = (pid: number, start: number): ProcFacts | undefined => {
  const stat = readStat(pid);
  if (stat === undefined || Math.abs(stat.start - start) > 2 * TICK_NS) return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, "utf8").slice(0, 16384);
    return {
      ppid: stat.ppid,
      uid: Number(/^Uid:\s+(\d+)/m.exec(status)?.[1] ?? 0),
      exe: readlinkSync(`/proc/${pid}/exe`),
      argv: cmdline.split("\0").slice(0, -1),
      cwd: readlinkSync(`/proc/${pid}/cwd`),
    };
  } catch {
    return undefined; // It ended between two reads.
  }
};

/** Absolute path of what the process runs; undefined when it is gone. */
export const readExecutable = (pid: number): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
};

/** As large as the kernel allows for an environment and its arguments together. */
const ENVIRONMENT_BYTES = 2 << 20;

/** The first bytes of /proc/PID/environ; throws where it cannot be read. */
const readEnvironment = (pid: number): string => {
  const fd = openSync(`/proc/${pid}/environ`, "r");
  try {
    const bytes = Buffer.alloc(ENVIRONMENT_BYTES);
    let length = 0;
    for (;;) {
      const n = readSync(fd, bytes, length, bytes.length - length, null);
      if (n === 0) return bytes.toString("utf8", 0, length);
      length += n;
    }
  } finally {
    closeSync(fd);
  }
};

/**
 * The variables `names` in the environment of the process (pid, start; `start` undefined for whoever has that pid), as
 * far as it has them, or undefined when it is gone. The process can have changed what is read here.
 */
export const readVariables = (
  pid: number,
  start: number | undefined,
  names: readonly string[],
): ReadonlyMap<string, string> | undefined => {
  try {
    const text = readEnvironment(pid);
    const stat = readStat(pid);
    if (stat === undefined || (start !== undefined && Math.abs(stat.start - start) > 2 * TICK_NS)) return undefined;
    const variables = new Map<string, string>();
    for (const variable of text.split("\0")) {
      const at = variable.indexOf("=");
      const name = variable.slice(0, at);
      if (at > 0 && names.includes(name) && !variables.has(name)) variables.set(name, variable.slice(at + 1));
    }
    return variables;
  } catch {
    return undefined;
  }
};
