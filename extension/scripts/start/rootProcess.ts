// Programs that need root, ended gracefully.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot, asRootWithEnvironment, isRoot, signalAsRoot } from "../setup/administrator.mjs";

export interface RootProcess {
  readonly pid: number;
  /** Exit code; 128 + signal number where a signal ended it. */
  readonly ended: Promise<number>;
  readonly isRunning: () => boolean;
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
}

/**
 * @param output where stdout and stderr go: ours, or appended to a file
 */
export const startAsRoot = (
  command: string,
  args: readonly string[],
  output: "inherit" | { readonly file: string },
  { cwd, env = process.env }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): RootProcess => {
  // The parent-death signal ends it even when we are killed before we can. sudo would only clear it.
  const [program, list] = isRoot()
    ? asRoot("setpriv", ["--pdeathsig", "TERM", command, ...args])
    : asRootWithEnvironment(command, args, env);
  const sink = output === "inherit" ? "inherit" : openSync(output.file, "a", 0o600);
  const child = spawn(program, list, {
    cwd,
    env,
    stdio: [output === "inherit" ? "inherit" : "ignore", sink, sink],
  });
  if (typeof sink === "number") closeSync(sink);
  let running = true;
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, name) => resolve(code ?? 128 + (name === "SIGKILL" ? 9 : 15)));
  }).finally(() => {
    running = false;
  });
  // Whoever stops it waits for `ended`; without a listener a failed start would end us instead.
  ended.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ended,
    isRunning: () => running,
    async stop(graceMs) {
      if (!running || child.pid === undefined) return;
      signalAsRoot(child.pid, "TERM");
      await Promise.race([ended.catch(() => 0), sleep(graceMs, undefined, { ref: false })]);
      if (!running) return;
      signalAsRoot(child.pid, "KILL");
      await ended.catch(() => 0);
    },
  };
};
