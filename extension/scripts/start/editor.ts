// The VS Code that shows the run: the desktop one where there is one with a display, else the server build.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { isRoot } from "../setup/administrator.mjs";
import { lastLine } from "../setup/command.mjs";
import { endMarked } from "../processes.ts";
import { freePort } from "../../test/vscode/freePort.ts";
import { installExtension } from "../../test/vscode/installExtension.ts";
import { vsixPath } from "../../test/vscode/paths.ts";
import { startVscodeServer } from "../../test/vscode/server.ts";
import { quietSettings } from "../../test/vscode/settings.ts";
import type { RunDirectory } from "./workspace.ts";

export interface Editor {
  /** One line that tells the user where to look. */
  readonly where: string;
  /** Resolves when the user has closed it, where that can be seen. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

const exec = promisify(execFile);
/** The variable by which the extension finds its collector; it marks the editor's processes as well. */
const connectVariable = "RUNGLASS_CONNECT";

/**
 * @returns the `code` program, where it can open a window here. Inside a remote window `code` only talks to the desktop it
 *   came from, whose extensions are not ours to choose.
 */
export const findDesktopCode = (env: NodeJS.ProcessEnv): string | undefined => {
  const hasDisplay = (env["DISPLAY"] ?? "") !== "" || (env["WAYLAND_DISPLAY"] ?? "") !== "";
  if (!hasDisplay || env["VSCODE_IPC_HOOK_CLI"] !== undefined) return undefined;
  return (env["PATH"] ?? "")
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => join(dir, "code"))
    .find((path) => existsSync(path));
};

const startDesktop = async (code: string, run: RunDirectory): Promise<Editor> => {
  const dataDir = join(run.path, "code");
  await mkdir(join(dataDir, "User"), { recursive: true });
  await writeFile(join(dataDir, "User/settings.json"), JSON.stringify(quietSettings));
  const own = ["--user-data-dir", dataDir, "--extensions-dir", join(run.path, "extensions")];
  // VS Code refuses to start as root otherwise.
  if (isRoot()) own.push("--no-sandbox");
  const env = { ...process.env, [connectVariable]: run.connectPath };
  await exec(code, [...own, "--install-extension", vsixPath, "--force"], { env, timeout: 120_000 });
  const child = spawn(code, [...own, "--new-window", "--wait", "--disable-workspace-trust", run.workspace], {
    env,
    stdio: "ignore",
    detached: true,
  });
  const closed = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  return {
    where: "VS Code is opening on this display.",
    closed,
    async stop() {
      await endMarked(connectVariable, run.connectPath, { askMs: 5000 });
    },
  };
};

const startServer = async (run: RunDirectory, wantedPort: number | undefined): Promise<Editor> => {
  const dataDir = join(run.path, "v");
  await installExtension(vsixPath, dataDir);
  const server = await startVscodeServer({
    dataDir,
    port: wantedPort ?? (await freePort()),
    logPath: join(run.path, "vscode.log"),
    env: { [connectVariable]: run.connectPath },
  });
  return {
    where: `VS Code: ${server.url(run.workspace)}`,
    closed: server.ended,
    async stop() {
      await server.stop();
      await endMarked(connectVariable, run.connectPath, { askMs: 1000 });
    },
  };
};

/** @param error of `exec` @returns the last line of what the program said */
const lastWord = (error: unknown): string => {
  const { stderr = "", message = "" } = error as { stderr?: string; message?: string };
  return lastLine(stderr) || message;
};

/** Starts the editor with the packaged extension, on the run's workspace; the server build where the desktop one fails. */
export const startEditor = async (
  run: RunDirectory,
  options: { readonly browser: boolean; readonly port?: number },
): Promise<Editor> => {
  const code = options.browser ? undefined : findDesktopCode(process.env);
  if (code === undefined) return startServer(run, options.port);
  try {
    return await startDesktop(code, run);
  } catch (error) {
    const editor = await startServer(run, options.port);
    return { ...editor, where: `${code} does not work here (${lastWord(error)}), so:\n  ${editor.where}` };
  }
};
