// Records the fake agent with its hooks, for the tests of tool calls.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Step } from "./fakeAgent.ts";
import { Events, run, scratch, type Outcome } from "./support.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const HOOK = join(root, "dist/runglass-hook");
export const AGENT = fileURLToPath(new URL("fakeAgent.ts", import.meta.url));

/** Builds the hook program where it is older than its source. */
export const prepareHook = (): void => {
  const source = Math.max(
    ...["main.c", "shorten.c"].map((name) => statSync(join(root, "collector/hook", name)).mtimeMs),
  );
  if (existsSync(HOOK) && statSync(HOOK).mtimeMs >= source) return;
  const { status, stderr } = spawnSync("make", ["-C", "collector/hook", "OUT=../../dist"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the hook program cannot be built: ${stderr}`);
};

export interface AgentRun {
  readonly outcome: Outcome;
  readonly events: Events;
  readonly directory: string;
}

/** Records the agent with a plan made for the directory in which it works. */
export const recordAgent = async (
  plan: (directory: string) => readonly Step[],
  more: Readonly<Record<string, string>> = {},
): Promise<AgentRun> => {
  const { path, remove } = scratch();
  try {
    const out = join(path, "run.ndjson");
    const agent = ["/usr/bin/env", "-C", path, process.execPath, AGENT, JSON.stringify(plan(path))];
    const socket = ["--hook-socket", join(path, "hooks/hook.sock")];
    const outcome = await run(["record", "--out", out, ...socket, "--", ...agent], {
      env: { HOOK, RUNGLASS_HOOK_DEBUG: "1", ...more },
    });
    return { outcome, events: new Events(out), directory: path };
  } finally {
    remove();
  }
};

export interface HookEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** Runs the hook program by itself; `input` undefined: its stdin stays open. */
export const runHook = (argv: readonly string[], input: string | Buffer | undefined): Promise<HookEnd> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(HOOK, argv, { env: { RUNGLASS_HOOK_DEBUG: "1" }, stdio: ["pipe", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    child.stdin.on("error", () => undefined);
    if (input !== undefined) child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (code) => {
      child.stdin.destroy();
      resolve({ code, stdout, stderr, ms: performance.now() - began });
    });
  });
