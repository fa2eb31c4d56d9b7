// Two set-ups in one checkout at a time would build over each other's files.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted, SetupFailure } from "./failure.mjs";
import { isInterrupted } from "./command.mjs";
import { toolsDir } from "./paths.mjs";

const path = join(toolsDir, "setup.lock");

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
};

/** @returns {number | undefined} the process that holds the lock, undefined where it is ours now */
const tryLock = () => {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return undefined;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  const holder = Number(readFileSync(path, { encoding: "utf8", flag: "r" }));
  if (holder > 0 && isAlive(holder)) return holder;
  // Its holder was killed. A second waiter that removes it at the same time finds the new one and waits for that.
  rmSync(path, { force: true });
  return tryLock();
};

/**
 * @param {(text: string) => void} say told once when another set-up has to be waited for
 * @returns {Promise<() => void>} releases the lock
 */
export const lockSetup = async (say) => {
  mkdirSync(toolsDir, { recursive: true });
  const deadline = Date.now() + 20 * 60_000;
  let told = false;
  for (;;) {
    const holder = tryLock();
    if (holder === undefined) return () => rmSync(path, { force: true });
    if (!told) say(`Another set-up of this checkout is running (process ${holder}); waiting for it …`);
    told = true;
    if (isInterrupted()) throw new Interrupted();
    if (Date.now() > deadline) {
      throw new SetupFailure(`Process ${holder} has held ${path} for 20 minutes.`, "End it, or remove the file.");
    }
    await sleep(500);
  }
};
