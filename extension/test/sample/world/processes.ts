import { setTimeout as sleep } from "node:timers/promises";

import { tryRun } from "./commands.ts";

/** The pids of all that runs in a network namespace, wherever it hangs in the process tree; so re-parented servers are found too. */
export const pidsIn = (namespace: string): number[] =>
  tryRun("ip", ["netns", "pids", namespace])
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);

const signalAll = (pids: readonly number[], signal: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself in between.
    }
  }
};

/** Ends all that runs in a network namespace: politely for up to a second, then for good. */
export const endProcessesIn = async (namespace: string): Promise<void> => {
  let pids = pidsIn(namespace);
  signalAll(pids, "SIGTERM");
  for (let waited = 0; pids.length > 0 && waited < 1000; waited += 50) {
    await sleep(50);
    pids = pidsIn(namespace);
  }
  // A process may fork while it is being killed, hence not once but until none is left.
  for (let tries = 0; pids.length > 0 && tries < 100; tries++) {
    signalAll(pids, "SIGKILL");
    await sleep(20);
    pids = pidsIn(namespace);
  }
};
