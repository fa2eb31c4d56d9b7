// Runs the programs that set-up needs, their output in the log file, and ends them when the user interrupts.
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { signalAsRoot } from "./administrator.mjs";
import { Interrupted, isOutOfSpace, makeRoom, SetupFailure } from "./failure.mjs";
import { logPath, root } from "./paths.mjs";

/** What runs now, and whether it must not be killed half-way. @type {Map<import("node:child_process").ChildProcess, boolean>} */
const running = new Map();
/** npm takes its time to undo what it has begun; nobody waits for that at Ctrl-C. */
const PATIENCE_MS = 2000;
let interrupted = false;
/** @type {import("node:fs").WriteStream | undefined} */
let log;

const logStream = () => {
  if (log === undefined) {
    mkdirSync(dirname(logPath), { recursive: true });
    log = createWriteStream(logPath, { flags: "w" });
    // Without a log we go on: what failed last is told anyhow, and a full disk is told where it matters.
    log.on("error", () => {});
  }
  return log;
};

/** Whether this run has written to the log. */
export const hasLog = () => log !== undefined;

/**
 * Ends what is running but for what is delicate, and lets nothing new start. A terminal has sent SIGINT to the whole group
 * already; a lone signal to us has not, so it is passed on.
 * @returns {boolean} whether something delicate has to come to its end first
 */
export const interruptCommands = () => {
  interrupted = true;
  for (const [child, isDelicate] of running) {
    if (isDelicate) continue;
    end(child, "TERM");
    setTimeout(() => end(child, "KILL"), PATIENCE_MS).unref();
  }
  return [...running.values()].includes(true);
};

/**
 * Out of the reach of a terminal's Ctrl-C, which goes to all programs in front of it. A sudo that gives what it runs a
 * terminal of its own passes the Ctrl-C on, so that is ignored as well.
 * @param {readonly string[]} program @returns {readonly string[]}
 */
export const shielded = (program) => ["sh", "-c", 'trap "" INT HUP; exec setsid --wait "$@"', "sh", ...program];

/** @param {import("node:child_process").ChildProcess} child @param {"TERM" | "KILL"} name */
const end = ({ pid, exitCode, signalCode, spawnfile }, name) => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  if (spawnfile === "sudo") signalAsRoot(pid, name);
  else process.kill(pid, `SIG${name}`);
};

export const isInterrupted = () => interrupted;

/** @param {string} text that a program wrote @returns {string} its last line as it would look, without what moves or colours it */
export const lastLine = (text) =>
  stripVTControlCharacters(
    text
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) ?? "",
  )
    .replace(/\p{Cc}/gu, " ")
    .trim();

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{
 *   cwd?: string;
 *   env?: NodeJS.ProcessEnv;
 *   quiet?: boolean;
 *   onLine?: (line: string) => void;
 *   remedy?: string;
 *   timeoutMs?: number;
 *   isDelicate?: boolean;
 * }} [options] `quiet`: the output is only returned, not logged; `remedy`: what the user can do when it fails;
 *   `isDelicate`: is let finish what it does at Ctrl-C, as a package manager; see `shielded`
 * @returns {Promise<string>} what it wrote to stdout and stderr, in the order it came
 * @throws {SetupFailure} with the last lines of the output where it cannot be started or exits with another code than 0
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    if (interrupted) {
      reject(new Interrupted());
      return;
    }
    const line = [command, ...args].join(" ");
    if (!options.quiet) logStream().write(`\n$ ${line}\n`);
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.set(child, options.isDelicate === true);
    const timer =
      options.timeoutMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
    let output = "";
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const text = chunk.toString();
      output += text;
      if (!options.quiet) logStream().write(text);
      const last = lastLine(text);
      if (last !== "") options.onLine?.(last);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    /** @param {string} why */
    const fail = (why) => {
      const remedy = isOutOfSpace(output) ? makeRoom : (options.remedy ?? "");
      const tail = output.trimEnd().split("\n").slice(-12).join("\n    ");
      reject(
        interrupted
          ? new Interrupted()
          : new SetupFailure(`\`${line}\` ${why}${tail === "" ? "" : `:\n    ${tail}`}`, remedy),
      );
    };
    child.once("error", (error) => {
      running.delete(child);
      clearTimeout(timer);
      fail(`could not be started (${error.message})`);
    });
    child.once("close", (code, signal) => {
      running.delete(child);
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else fail(signal === null ? `failed with exit code ${code}` : `was ended by ${signal}`);
    });
  });

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<string | undefined>} the output where it exits with 0, else undefined; for questions with yes or no
 */
export const ask = (command, args) =>
  run(command, args, { quiet: true, timeoutMs: 30_000 }).catch((/** @type {unknown} */ error) => {
    if (error instanceof Interrupted) throw error;
    return undefined;
  });
