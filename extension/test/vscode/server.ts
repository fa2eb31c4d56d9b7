// A complete VS Code as a web server on a loopback port, in a process group of its own.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pinnedNode } from "../../scripts/setup/paths.mjs";
import { serverMain, serverRoot } from "./paths.ts";
import { quietSettings } from "./settings.ts";

export interface VscodeServerOptions {
  /** Everything that the server writes goes below it: extensions, settings, state, sockets. Keep it short: sockets. */
  readonly dataDir: string;
  /** Loopback port; must be free. */
  readonly port: number;
  readonly logPath: string;
  /** On top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** On top of our own environment; the extension host inherits it. */
  readonly env?: Readonly<Record<string, string>>;
  /** Lets a page hand an extension under development, and its tests, to the extension host. */
  readonly smokeTestDriver?: boolean;
}

export interface VscodeServer {
  /** Asked for by every page. */
  readonly token: string;
  readonly port: number;
  /** Address of a window on a folder; `more` are further query parameters. */
  url(folder: string, more?: Readonly<Record<string, string>>): string;
  /** Resolves when the server has ended, by `stop` or by itself. */
  readonly ended: Promise<void>;
  /** Ends the server and its extension hosts; resolves when they are gone. */
  stop(): Promise<void>;
}

/** Writes the settings of the one user that a server has. */
export const writeSettings = async (
  dataDir: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> => {
  const path = join(dataDir, "data/User/settings.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify({ ...quietSettings, ...settings }, undefined, 2));
};

const answers = async (port: number): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/version`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/**
 * @returns the server, answering
 * @throws where it ends, or does not answer within two minutes; the message names the log
 */
export const startVscodeServer = async (options: VscodeServerOptions): Promise<VscodeServer> => {
  const { dataDir, port, logPath } = options;
  const token = randomBytes(16).toString("hex");
  await writeSettings(dataDir, options.settings);
  const temporary = join(dataDir, "t");
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const tokenPath = join(dataDir, "token");
  await writeFile(tokenPath, token, { mode: 0o600 });

  const args = [
    serverMain,
    "--host=127.0.0.1",
    `--port=${port}`,
    `--connection-token-file=${tokenPath}`,
    "--accept-server-license-terms",
    `--server-data-dir=${dataDir}`,
    "--telemetry-level=off",
    "--disable-workspace-trust",
    "--reconnection-grace-time=60",
    ...(options.smokeTestDriver === true ? ["--enable-smoke-test-driver"] : []),
  ];
  const log = createWriteStream(logPath, { flags: "a" });
  // The parent-death signal ends the server even when we are killed before we can.
  const child = spawn("setpriv", ["--pdeathsig", "TERM", pinnedNode, ...args], {
    cwd: serverRoot,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary, XDG_RUNTIME_DIR: temporary, ...options.env },
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  }).then(() => {
    isRunning = false;
    log.end();
  });

  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone.
    }
  };
  const stop = async (): Promise<void> => {
    signalGroup("SIGTERM");
    await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
    // Extension hosts can outlive their server by some seconds, waiting for it to come back.
    signalGroup("SIGKILL");
    await ended;
  };

  const deadline = Date.now() + 120_000;
  while (!(await answers(port))) {
    if (isRunning && Date.now() < deadline) {
      await sleep(100);
      continue;
    }
    await stop();
    throw new Error(`The VS Code server ${isRunning ? "does not answer" : "ended"}: see ${logPath}`);
  }
  return {
    token,
    port,
    url: (folder, more = {}) =>
      `http://127.0.0.1:${port}/?${new URLSearchParams({ tkn: token, folder, ...more }).toString()}`,
    ended,
    stop,
  };
};
