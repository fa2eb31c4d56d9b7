import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { SampleError } from "../errors.ts";
import { startTime } from "../world/names.ts";
import { endProcessesIn } from "../world/processes.ts";
import type { World } from "../world/worldFile.ts";

/**
 * Claims the world for one session; its runner is one machine with one home. Throws a SampleError while another session
 * plays there; what a killed session left running is ended first. Returns the function that gives the world back.
 */
export const claimWorld = async (world: World): Promise<() => void> => {
  const path = join(world.dir, "session.lock");
  const own = `${process.pid} ${startTime(process.pid)}`;
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      await endProcessesIn(world.runner);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const [pid, start] = readFileSync(path, "utf8").split(" ").map(Number);
      if (pid !== undefined && startTime(pid) === start) {
        throw new SampleError(
          `Another session (process ${pid}) plays in this world; start a world of your own with "world.ts up".`,
          3,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new SampleError("Another session took this world at the same moment.", 3);
};
