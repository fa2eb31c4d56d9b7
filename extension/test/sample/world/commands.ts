import { spawnSync } from "node:child_process";

import { SampleError } from "../errors.ts";

/** Runs a program to its end and returns its output; a failure names the command and repeats what it said. */
export const run = (
  command: string,
  args: readonly string[],
  options: { input?: string | Uint8Array; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): string => {
  const result = spawnSync(command, args, { ...options, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (result.error) throw new SampleError(`${command} can't be started: ${result.error.message}`, 3);
  if (result.status !== 0) {
    const how = result.signal === null ? `exit code ${result.status}` : `signal ${result.signal}`;
    throw new SampleError(
      `${command} ${args.join(" ")} failed (${how}): ${result.stderr.trim() || result.stdout.trim()}`,
      3,
    );
  }
  return result.stdout;
};

/** Like `run`, for clean-up: what is already gone is no failure. */
export const tryRun = (command: string, args: readonly string[]): string => {
  const result = spawnSync(command, args, { encoding: "utf8" });
  return result.status === 0 ? result.stdout : "";
};
