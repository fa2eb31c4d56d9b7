// Names of what a run makes outside its own process (its cgroup, the directory of its token): by them a later run can tell
// whether the maker still lives, and take away what a killed one left.
import { readlinkSync } from "node:fs";
import process from "node:process";
import { readStat } from "./events/procfs.ts";

/** Behind the three numbers there may be letters that make it unique, as `mkdtemp` adds them. */
const NAME = /^runglass-(\d+)-(\d+)-(\d+)(?:-\w+)?$/;

const pidNamespace = (): string => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";

const ticks = (start: number): string => String(start / 10_000_000);

/** `runglass-PID-START-NAMESPACE` of this process. */
export const makerName = (): string =>
  `runglass-${process.pid}-${ticks(readStat("self")?.start ?? 0)}-${pidNamespace()}`;

/** Whether what has this name was made by a process that is gone. False for names that are not ours to judge. */
export const isOfDeadMaker = (name: string): boolean => {
  const match = NAME.exec(name);
  if (match === null || match[3] !== pidNamespace()) return false;
  const stat = readStat(Number(match[1]));
  return stat === undefined || ticks(stat.start) !== match[2];
};
