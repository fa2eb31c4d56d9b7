// Finds what a suite has left running: every process inherits the suite's mark in its environment.
import { readFile, readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export interface Leftover {
  readonly pid: number;
  readonly command: string;
}

/** The variable that marks a suite's processes. */
export const markVariable = "RUNGLASS_TEST_SUITE";

const marked = async (mark: string): Promise<Leftover[]> => {
  const found: Leftover[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    // A process that ends meanwhile, or is another user's, is none of ours.
    const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(`${markVariable}=${mark}`)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    if (command !== "") found.push({ pid: Number(entry), command: command.split("\0").join(" ").trim() });
  }
  return found;
};

/**
 * Waits for the marked processes to end by themselves, then ends those that did not.
 *
 * @returns the ones that had to be ended
 */
export const endLeftovers = async (mark: string, graceMs: number): Promise<readonly Leftover[]> => {
  const deadline = Date.now() + graceMs;
  let left = await marked(mark);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(200);
    left = await marked(mark);
  }
  for (const { pid } of left) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended between being found and being ended.
    }
  }
  return left;
};
