import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { SampleError } from "../errors.ts";
import { endProcessesIn } from "../world/processes.ts";
import type { World } from "../world/worldFile.ts";
import { runnerEnvironment } from "./environment.ts";
import { takeRunnerHome } from "./home.ts";
import { claimWorld } from "./lock.ts";
import { JobLog } from "./progress.ts";

export interface PlayOptions {
  /** How long each act lasts at least; 0 plays as fast as the programs are. */
  readonly paceMs: number;
  /** How often the story is played. */
  readonly repeat: number;
  /** Takes the lines of progress. */
  readonly show: (line: string) => void;
  /** Ends the session early when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Plays the story in a world. Resolves when it has come to its good end and nothing of it runs any more; throws a SampleError when a program failed,
 * or when the signal ended it.
 */
export const playSession = async (world: World, options: PlayOptions): Promise<void> => {
  const release = await claimWorld(world);
  try {
    for (let round = 1; round <= options.repeat; round++) {
      if (options.repeat > 1) options.show(`round ${round} of ${options.repeat}`);
      await playOnce(world, options);
    }
  } finally {
    await endProcessesIn(world.runner);
    release();
  }
};

const playOnce = async (world: World, options: PlayOptions): Promise<void> => {
  const home = takeRunnerHome(world);
  const env = runnerEnvironment(world, home, options.paceMs);
  const log = new JobLog(join(home.temp, "job.log"), options.show);
  const args = ["netns", "exec", world.runner, home.worker, home.workerScript, "spawnclient", "120", "123"];
  const worker = spawn("ip", args, { env, cwd: home.home, stdio: ["pipe", "pipe", "pipe"] });
  const read = [worker.stdout, worker.stderr].map((stream) => {
    const lines = createInterface(stream);
    lines.on("line", (line) => log.add(line));
    return once(lines, "close");
  });
  const stop = (): void => void endProcessesIn(world.runner);
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    if (options.signal.aborted) stop();
    const [code, signal] = (await once(worker, "exit")) as [number | null, NodeJS.Signals | null];
    await endProcessesIn(world.runner);
    await Promise.all(read);
    if (options.signal.aborted) throw new SampleError("The session was ended early.");
    if (code !== 0)
      throw new SampleError(`A program of the sample session failed (${signal ?? `exit code ${code}`}):\n${log.tail}`);
  } finally {
    options.signal.removeEventListener("abort", stop);
    await log.close();
  }
};
