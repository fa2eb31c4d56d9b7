import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createInterface } from "node:readline";

import { SampleError } from "../errors.ts";
import { startTime } from "./names.ts";
import type { World } from "./worldFile.ts";

export interface WorldOptions {
  /** Live only as long as this process holds on to it; else until it is told to end. */
  readonly attached: boolean;
  /** End when this process does. */
  readonly owner?: number;
  /** Where to write the world file; in the world's own directory where not given. */
  readonly file?: string;
  /** Where to write the ground truth; in the world's own directory where not given. */
  readonly truth?: string;
  /** Leave the files behind at the end. */
  readonly keep?: boolean;
}

const daemonArgs = (options: WorldOptions): string[] => [
  join(import.meta.dirname, "daemon.ts"),
  ...(options.attached ? ["--attached"] : []),
  ...(options.owner === undefined ? [] : ["--owner", String(options.owner)]),
  ...(options.file === undefined ? [] : ["--file", options.file]),
  ...(options.truth === undefined ? [] : ["--truth", options.truth]),
  ...(options.keep ? ["--keep"] : []),
];

/**
 * Starts a world and waits until its servers listen. Its process is a session of its own, so that Ctrl-C reaches it only
 * through `stopWorld` (or the end of its owner), after the session that is played in it.
 */
export const startWorld = async (options: WorldOptions): Promise<{ world: World; daemon: ChildProcess }> => {
  const daemon = spawn(process.execPath, daemonArgs(options), {
    detached: true,
    stdio: [options.attached ? "pipe" : "ignore", "pipe", "inherit"],
  });
  const { stdout } = daemon;
  if (!stdout) throw new SampleError("The world can't be started: its output can't be read.", 3);
  const line = await Promise.race([
    once(createInterface(stdout), "line") as Promise<[string]>,
    once(daemon, "exit").then(([code]: unknown[]): never => {
      throw new SampleError(
        "The sample's small internet could not be made; see above.",
        typeof code === "number" ? code : 3,
      );
    }),
  ]);
  if (!options.attached) {
    stdout.destroy();
    daemon.unref();
  }
  return { world: JSON.parse(line[0]) as World, daemon };
};

/** Tells a world to end and waits until it has removed itself. Throws when it has not after ten seconds. */
export const stopWorld = async (world: World): Promise<void> => {
  const gone = (): boolean => startTime(world.pid) !== world.start;
  if (!gone()) process.kill(world.pid, "SIGTERM");
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (gone()) return;
    await sleep(50);
  }
  throw new SampleError(`The world's process ${world.pid} does not end.`);
};
