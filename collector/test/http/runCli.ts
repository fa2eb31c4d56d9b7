// Runs the collector's command line from source, as a user runs its bundle.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until, type Cleanup } from "./support.ts";

export const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly exited: Promise<number | string | null>;
}

export const startCli = (cleanup: Cleanup, ...argv: readonly string[]): Running => {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  cleanup.add(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exited = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string | null);
  return {
    child,
    exited,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
};

export interface Finished {
  readonly code: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const runCli = async (cleanup: Cleanup, ...argv: readonly string[]): Promise<Finished> => {
  const running = startCli(cleanup, ...argv);
  const code = await running.exited;
  return { code, stdout: running.stdout, stderr: running.stderr };
};

/** Where a started server listens and where its token is, as it says on stderr. */
export const serverOf = async (running: Running): Promise<{ url: string; tokenFile: string }> => {
  await until(() => running.stderr.includes("token in ") || running.child.exitCode !== null, "the server has started");
  const url = /listening on (http:\S+)/.exec(running.stderr)?.[1];
  const tokenFile = /token in (.+)/.exec(running.stderr)?.[1];
  if (url === undefined || tokenFile === undefined) throw new Error(`no server: ${running.stderr}`);
  return { url, tokenFile };
};
