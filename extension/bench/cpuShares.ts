// Who has used the processors between two moments: by it one sees what a figure is bound by, and whether others disturbed it.
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";

/** Jiffies are hundredths of a second on every Linux that Node runs on. */
const JIFFIES = 100;

const parts: readonly (readonly [name: string, mark: RegExp])[] = [
  ["collector", /runglass\.js\0record/],
  ["sensor", /runglass-sensor/],
  ["workload", /steadyLoad/],
  ["extension host", /--type=extensionHost/],
  ["VS Code server", /server-main\.js/],
  ["browser: page", /--type=renderer/],
  ["browser: drawing", /--type=gpu-process/],
  ["browser: rest", /chrom/],
];

/** Seconds of CPU by part; `others` is what everything else on the machine has used. */
export type CpuTimes = Readonly<Record<string, number>>;

interface Process {
  readonly parent: number;
  readonly seconds: number;
}

const busySeconds = async (): Promise<number> => {
  const [, user, nice, system, , , irq, softirq] = (await readFile("/proc/stat", "latin1")).split(/\s+/).map(Number);
  return [user, nice, system, irq, softirq].reduce<number>((sum, jiffies) => sum + (jiffies ?? 0), 0) / JIFFIES;
};

const readProcess = async (pid: number): Promise<Process | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name of the program, in brackets, may hold anything.
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  // Its own time, and that of the children that it has seen end.
  const seconds = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0) / JIFFIES;
  return { parent: fields[1] ?? 0, seconds };
};

/** Seconds of CPU so far, of this process and all that it started. */
export const cpuTimes = async (): Promise<CpuTimes> => {
  const times: Record<string, number> = { others: await busySeconds() };
  const processes = new Map<number, Process>();
  for (const name of await readdir("/proc")) {
    const found = /^\d+$/.test(name) ? await readProcess(Number(name)) : undefined;
    if (found !== undefined) processes.set(Number(name), found);
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(processes.get(pid)?.parent ?? 0));
  for (const [pid, { seconds }] of processes) {
    if (!isOurs(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    const part = pid === process.pid ? "benchmark" : (parts.find(([, mark]) => mark.test(command))?.[0] ?? "other");
    times[part] = (times[part] ?? 0) + seconds;
    times["others"] = (times["others"] ?? 0) - seconds;
  }
  return times;
};

/** Processors used, on average over `seconds`. */
export const cpuShares = (before: CpuTimes, after: CpuTimes, seconds: number): CpuTimes =>
  Object.fromEntries(
    Object.entries(after).map(([part, used]) => [part, Number(((used - (before[part] ?? 0)) / seconds).toFixed(3))]),
  );
