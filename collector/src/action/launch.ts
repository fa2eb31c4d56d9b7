// Starts the keeper from a step: as root, outside of the step's process tree, and so that the runner does not take it for an
// orphan of the job.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";
import { readJsonLines } from "./jsonLines.ts";
import type { Order, StartReport } from "./messages.ts";

export type Ready = Extract<StartReport, { kind: "ready" }>;

/** The sensor has 90 s to get ready, and the rest of it some more. */
const PATIENCE_MS = 120_000;

const NO_SUDO =
  "it needs root, and there is no sudo: a job in a container, and a runner without passwordless sudo, cannot be watched " +
  "from one of its steps";

/** The keeper's program beside this one. */
const keeperPath = (): string => join(dirname(process.argv[1] ?? ""), "keeper.cjs");

/** With nothing of the job in it: a token in an environment can be read by whoever runs as the same user. */
const emptyEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
});

/** How to run a program as root here. */
const asRoot = (program: readonly string[]): readonly [string, ...string[]] => {
  const [first = "", ...rest] = program;
  return process.geteuid?.() === 0 ? [first, ...rest] : ["sudo", "-n", "--", ...program];
};

const describe = (code: number | null, signal: NodeJS.Signals | null, said: string): string => {
  const end = signal === null ? `exit code ${code ?? 0}` : signal;
  const words = said.trim().split("\n").at(-1) ?? "";
  return `it could not be started as root (${end}${words === "" ? "" : `: ${words}`})`;
};

/**
 * Gives the keeper its order and resolves when it watches; `onReport` is told what it says before. Throws a `UserError`
 * with the reason where it does not come to that.
 */
export const launch = async (order: Order, onReport: (report: StartReport) => void): Promise<Ready> => {
  const [program, ...args] = asRoot([process.execPath, keeperPath(), "launch"]);
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: emptyEnvironment() });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4_000)));
  child.stdin.on("error", () => undefined); // It is gone; how it ended tells why.
  child.stdin.end(`${JSON.stringify(order)}\n`);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Ready>((resolve, reject) => {
      const fail = (reason: string): void => reject(new UserError(reason, 3));
      timer = setTimeout(() => fail(`it is not ready after ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
      child.once("error", (error) => fail(errnoOf(error) === "ENOENT" ? NO_SUDO : messageOf(error)));
      readJsonLines(child.stdout, (message) => {
        const report = message as StartReport;
        if (report.kind === "ready") resolve(report);
        else if (report.kind === "failed") fail(report.reason);
        else onReport(report);
      });
      // Behind what it has said: the stream is read to its end by then.
      child.once("close", (code, signal) => fail(describe(code, signal, said)));
    });
  } finally {
    clearTimeout(timer);
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
};
