// Finds processes by a variable in their environment, which everything that they start inherits.
import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface MarkedProcess {
  readonly pid: number;
  readonly command: string;
}

const marked = async (variable: string, value: string): Promise<MarkedProcess[]> => {
  const found: MarkedProcess[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    // A process that ends meanwhile, or is another user's, is none of ours.
    const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(`${variable}=${value}`)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    // A process that has ended and waits for its parent has no command line.
    if (command !== "") found.push({ pid: Number(entry), command: command.split("\0").join(" ").trim() });
  }
  return found;
};

const signalAll = (processes: readonly MarkedProcess[], signal: NodeJS.Signals): void => {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between being found and being ended.
    }
  }
};

/**
 * Ends what is marked, and waits until it is gone.
 *
 * @param times `waitMs`: time to end by itself; `askMs`: then, time to end after SIGTERM; then comes SIGKILL
 * @returns those that had to be told
 */
export const endMarked = async (
  variable: string,
  value: string,
  times: { readonly waitMs?: number; readonly askMs?: number },
): Promise<readonly MarkedProcess[]> => {
  const goneBy = async (deadline: number): Promise<MarkedProcess[]> => {
    for (;;) {
      const left = await marked(variable, value);
      if (left.length === 0 || Date.now() >= deadline) return left;
      await sleep(100);
    }
  };
  const told = await goneBy(Date.now() + (times.waitMs ?? 0));
  signalAll(told, "SIGTERM");
  const left = await goneBy(Date.now() + (times.askMs ?? 0));
  signalAll(left, "SIGKILL");
  await goneBy(Date.now() + 2000);
  return told;
};
