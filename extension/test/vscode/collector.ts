// A real collector for the tests: `runglass record` or `runglass serve` on a loopback port.
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinnedNode } from "../../scripts/setup/paths.mjs";
import { freePort } from "./freePort.ts";
import { collectorMain } from "./paths.ts";

export interface Collector {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly tokenPath: string;
  /** What it wrote to stderr so far. */
  readonly said: () => string;
  readonly isRunning: () => boolean;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface CollectorOptions {
  /** For its token file. */
  readonly directory: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a new one. */
  readonly token?: string;
  /** On top of our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const start = async (
  command: string,
  args: (listen: readonly string[]) => readonly string[],
  options: CollectorOptions,
): Promise<Collector> => {
  const port = options.port ?? (await freePort());
  const token = options.token ?? randomBytes(24).toString("hex");
  const tokenPath = join(options.directory, `token-${port}`);
  await writeFile(tokenPath, token, { mode: 0o600 });
  const listen = [`--listen=127.0.0.1:${port}`, `--token-file=${tokenPath}`];
  const child: ChildProcess = spawn(pinnedNode, [collectorMain, command, ...args(listen)], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  let running = true;
  const ended = once(child, "exit").then(([code]) => {
    running = false;
    return code as number | null;
  });
  const listening = new Promise<true>((resolve) => {
    child.stderr?.on("data", () => {
      if (text.includes("listening on")) resolve(true);
    });
  });
  const outcome = await Promise.race([listening, ended, sleep(30_000, "silent" as const, { ref: false })]);
  if (outcome !== true) {
    child.kill("SIGKILL");
    throw new Error(`runglass ${command} ended with ${outcome}:\n${text}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    token,
    tokenPath,
    said: () => text,
    isRunning: () => running,
    ended,
    async stop(signal = "SIGTERM") {
      if (running) child.kill(signal);
      await ended;
    },
  };
};

/** Serves a recorded log. */
export const startServing = (
  log: string,
  options: CollectorOptions & { readonly speed?: number },
): Promise<Collector> =>
  start(
    "serve",
    (listen) => [...listen, ...(options.speed === undefined ? [] : [`--speed=${options.speed}`]), log],
    options,
  );

/** Records a command on this machine; needs root. */
export const startRecording = (
  command: readonly string[],
  options: CollectorOptions & { readonly out: string },
): Promise<Collector> => start("record", (listen) => [...listen, `--out=${options.out}`, "--", ...command], options);
