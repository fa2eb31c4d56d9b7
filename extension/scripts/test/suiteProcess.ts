import { spawn } from "node:child_process";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot } from "../setup/administrator.mjs";
import { pinnedNode, root } from "../setup/paths.mjs";
import { endMarked } from "../processes.ts";
import type { Check, Suite } from "./suites.ts";

export interface Result {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly ms: number;
  /** What the failed tests said, and what went wrong beside them. */
  readonly problems: readonly string[];
  /** What it printed, where that was kept. */
  readonly output: string;
}

/** Ends what is running now; set while a suite runs. */
export type Stop = (signal: NodeJS.Signals) => void;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly timedOut: boolean;
}

interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly showOutput: boolean;
}

/** Marks a suite's processes, so that what it leaves running is found. */
const markVariable = "RUNGLASS_TEST_SUITE";

const running = new Set<Stop>();

/** Passes a signal on to every suite and check that runs now. */
export const stopAll: Stop = (signal) => {
  for (const stop of running) stop(signal);
};

const launch = (options: Launch): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      cwd: root,
      env: options.env,
      stdio: ["ignore", options.showOutput ? "inherit" : "pipe", options.showOutput ? "inherit" : "pipe"],
    });
    const stop: Stop = (signal) => child.kill(signal);
    running.add(stop);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      running.delete(stop);
      // "exit", not "close": a process left behind keeps the pipes open.
      setTimeout(() => resolve({ code, signal, output, timedOut }), 50);
    });
  });

/** A check counts as one test. */
export const runCheck = async ({ name, program }: Check): Promise<Result> => {
  const start = Date.now();
  const [script = "", ...args] = program;
  const ended = await launch({
    command: pinnedNode,
    args: [join(root, "node_modules", script), ...args],
    env: process.env,
    timeoutMs: 5 * 60_000,
    showOutput: false,
  });
  const ok = ended.code === 0;
  return {
    name,
    passed: ok ? 1 : 0,
    failed: ok ? 0 : 1,
    ms: Date.now() - start,
    problems: ok ? [] : [ended.output.trim() || `ended with ${ended.code ?? ended.signal}`],
    output: ended.output,
  };
};

const filesOf = async (suite: Suite): Promise<string[]> => {
  const found = new Set<string>();
  for (const pattern of suite.files) for await (const path of glob(pattern, { cwd: root })) found.add(join(root, path));
  return [...found].sort();
};

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

const readCounts = async (path: string): Promise<Counts | undefined> => {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Counts);
};

/**
 * Runs a suite, whose output is shown as it comes or kept for when it has ended; a process that crashes, hangs, finds no test, or leaves processes behind counts as one more failed test.
 */
export const runSuite = async (suite: Suite, output: "show" | "keep"): Promise<Result> => {
  const start = Date.now();
  const files = await filesOf(suite);
  if (files.length === 0) {
    const problem = `no test file matches ${suite.files.join(", ")}`;
    return { name: suite.name, passed: 0, failed: 1, ms: 0, problems: [problem], output: "" };
  }

  const dir = await mkdtemp(join(tmpdir(), "runglass-test-"));
  const resultPath = join(dir, "result.json");
  const mark = `${suite.name}-${process.pid}-${start}`;
  try {
    const script = join(root, "extension/scripts/test/runSuite.ts");
    const args = [script, resultPath, String(suite.testTimeoutMs), ...files];
    const environment = { ...process.env, [markVariable]: mark };
    const keep = Object.entries({ [markVariable]: mark, PATH: process.env["PATH"], CI: process.env["CI"] });
    const [command, list] = suite.asRoot
      ? asRoot("env", [...keep.map(([name, value]) => `${name}=${value ?? ""}`), pinnedNode, ...args])
      : ([pinnedNode, args] as const);
    const ended = await launch({
      command,
      args: list,
      env: environment,
      timeoutMs: suite.suiteTimeoutMs,
      showOutput: output === "show",
    });
    const problems: string[] = [];
    if (ended.timedOut) problems.push(`still running after ${suite.suiteTimeoutMs / 60_000} minutes`);
    const counts = await readCounts(resultPath);
    if (counts === undefined && !ended.timedOut) problems.push(`crashed (${ended.code ?? ended.signal})`);
    if (counts?.passed === 0 && counts.failed === 0) problems.push("ran no test");
    const left = await endMarked(markVariable, mark, { waitMs: 5000 });
    if (left.length > 0) {
      const lines = left.map(({ pid, command: line }) => `      ${pid}  ${line.slice(0, 160)}`).join("\n");
      problems.push(`left ${left.length} processes behind (ended now):\n${lines}`);
    }
    return {
      name: suite.name,
      passed: counts?.passed ?? 0,
      failed: (counts?.failed ?? 0) + problems.length,
      ms: Date.now() - start,
      problems: [...(counts?.failures ?? []), ...problems],
      output: ended.output,
    };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};
