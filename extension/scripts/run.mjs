// The entry of every npm script: does what set-up the script needs, then runs it under the project's own Node. Plain
// JavaScript for any Node from 18 on, with nothing installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { becomeAdministrator } from "./setup/administrator.mjs";
import { hasLog, interruptCommands, isInterrupted } from "./setup/command.mjs";
import { explainFileError, Interrupted, SetupFailure } from "./setup/failure.mjs";
import { arm64Needs } from "./setup/needs.mjs";
import { logPath, pinnedNode, root } from "./setup/paths.mjs";
import { checkPlatform } from "./setup/platform.mjs";
import { createProgress } from "./setup/progress.mjs";
import { setUp } from "./setup/setup.mjs";
import { parseStartOptions, startHelp } from "./start/options.mjs";

/**
 * @typedef {{
 *   level: import("./setup/setup.mjs").SetupLevel;
 *   program?: readonly string[];
 *   needsRoot?: string;
 *   chromiumIsOptional?: boolean;
 *   force?: boolean;
 * }} Script `program`: run with the script's arguments once the set-up is done; `needsRoot`: what root is needed for
 */

const bin = "node_modules/";

/** @type {Readonly<Record<string, Script>>} */
const scripts = {
  start: {
    level: "all",
    program: ["extension/scripts/start/main.ts"],
    needsRoot: "to watch processes through the kernel",
    chromiumIsOptional: true,
  },
  test: {
    level: "test",
    program: ["extension/scripts/test/main.ts"],
    needsRoot: "to test the sensor in the live kernel",
  },
  bench: { level: "bench", program: ["extension/scripts/bench/main.ts"], needsRoot: "to measure the sensor" },
  build: { level: "build", force: true },
  "build:sensor": { level: "sensor", program: ["collector/scripts/buildSensor.ts"] },
  package: { level: "build", force: true },
  typecheck: { level: "packages", program: [`${bin}typescript/bin/tsc`, "-b"] },
  lint: { level: "packages", program: [`${bin}oxlint/bin/oxlint`] },
  rules: { level: "packages", program: ["language-server/test/writeRulePages.ts"] },
  format: { level: "packages", program: [`${bin}prettier/bin/prettier.cjs`, "--write", "."] },
};

/** @type {import("node:child_process").ChildProcess | undefined} */
let child;

/** @param {readonly string[]} args @returns {Promise<number>} the exit code, 128 + the signal's number where one ended it */
const runProgram = (args) =>
  new Promise((resolve, reject) => {
    const path = [join(root, "node_modules/.bin"), dirname(pinnedNode), process.env.PATH ?? ""].join(":");
    child = spawn(pinnedNode, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: path } });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal ?? "SIGTERM"] ?? 15)));
  });

/** @param {readonly string[]} args @returns {number | undefined} the exit code where no set-up is needed to answer */
const answerAtOnce = (args) => {
  try {
    if (!parseStartOptions(args).help) return undefined;
    process.stdout.write(startHelp);
    return 0;
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    return 2;
  }
};

/** @param {readonly string[]} argv @returns {Promise<number>} */
const main = async ([name = "", ...args]) => {
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined) {
    process.stderr.write(`Usage: node extension/scripts/run.mjs ${Object.keys(scripts).join("|")} [ARGUMENTS]\n`);
    return 2;
  }
  const progress = createProgress(process.stdout);
  if (name === "start") {
    const answer = answerAtOnce(args);
    if (answer !== undefined) return answer;
  }
  const wantsArm64 = args.some((arg) => /\barm64\b/.test(arg)) && process.arch !== "arm64";
  if (script.needsRoot !== undefined) {
    checkPlatform();
    // At the very beginning, while whoever started it is still there to be asked, and before anything is done in vain.
    becomeAdministrator(`${script.needsRoot}, and to install what is missing`, progress.note);
  }
  await setUp(progress, { ...script, extra: wantsArm64 ? arm64Needs : [] });
  if (script.program === undefined) return 0;
  if (isInterrupted()) throw new Interrupted();
  return runProgram([...script.program, ...args]);
};

/** @param {NodeJS.Signals} signal */
const end = (signal) => {
  if (child !== undefined) child.kill(signal);
  else if (!isInterrupted() && interruptCommands()) {
    process.stdout.write("\nEnding as soon as the package manager has finished what it has begun …\n");
  }
};

// npm that is killed takes nobody along; without it, nobody could end us with Ctrl-C.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) end("SIGTERM");
}, 1000).unref();

// A terminal that was closed takes no more words; what was started is ended all the same.
for (const out of [process.stdout, process.stderr]) out.on("error", () => {});
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, end);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const failure = error instanceof SetupFailure ? error : explainFileError(error, root);
  // A Ctrl-C that ended a program which we waited for, as sudo's question, may not have reached us yet.
  await sleep(20);
  if (error instanceof Interrupted || isInterrupted()) {
    process.stderr.write("\nStopped. The next start goes on from here.\n");
    process.exitCode = 130;
  } else if (failure !== undefined) {
    const remedy = failure.remedy === "" ? "" : `  ${failure.remedy}\n`;
    const log = hasLog() ? `  Log: ${logPath}\n` : "";
    process.stderr.write(`\nSet-up failed: ${failure.message}\n${remedy}${log}`);
    process.exitCode = 1;
  } else {
    process.stderr.write(`\nSet-up failed by a defect of its own: ${/** @type {Error} */ (error).stack}\n`);
    process.exitCode = 1;
  }
}
