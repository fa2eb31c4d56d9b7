// Installs what is missing from the distribution, after saying what and why.
import { setTimeout as sleep } from "node:timers/promises";
import { asRoot, becomeAdministrator } from "./administrator.mjs";
import { installChromiumElsewhere } from "./chromium.mjs";
import { ask, run, shielded } from "./command.mjs";
import { isOutOfSpace, SetupFailure } from "./failure.mjs";
import { isDone, markDone } from "./stamp.mjs";

/**
 * @param {string} policy what `apt-cache policy NAME…` prints
 * @returns {Set<string>} the names that can be installed
 */
export const installable = (policy) => {
  const found = new Set();
  let name = "";
  for (const line of policy.split("\n")) {
    const heading = /^(\S+):$/.exec(line);
    if (heading?.[1] !== undefined) name = heading[1];
    else if (/^\s+Candidate: (?!\(none\))/.test(line)) found.add(name);
  }
  return found;
};

/** @param {readonly import("./needs.mjs").Need[]} list @returns {Promise<import("./needs.mjs").Need[]>} */
const missingOf = async (list) => {
  const missing = [];
  for (const need of list) if (!(await need.isThere())) missing.push(need);
  return missing;
};

/**
 * @param {readonly import("./needs.mjs").Need[]} missing
 * @returns {Promise<Map<import("./needs.mjs").Need, string | undefined>>} the package to install for each
 */
const choose = async (missing) => {
  const names = missing.flatMap(({ packages }) => packages);
  const candidates = installable((await ask("env", ["LC_ALL=C", "apt-cache", "policy", ...names])) ?? "");
  return new Map(missing.map((need) => [need, need.packages.find((name) => candidates.has(name))]));
};

const NO_CHROMIUM = "no-chromium";
const today = () => new Date().toISOString().slice(0, 10);

const offline =
  "Check that the distribution's package mirror can be reached (`sudo apt-get update`), then run the same command again.";

/**
 * apt says the same of a lock that it cannot get as of one whose file it cannot even open: on a disk that is full, or may not
 * be written to, no wait helps.
 * @param {string} said by apt-get or dpkg
 * @returns {boolean} whether it failed as another package manager is at work
 */
export const isLockedByAnother = (said) =>
  !isOutOfSpace(said) &&
  !/Could not open lock file|are you root\?/.test(said) &&
  /Could not get lock|Unable to (?:acquire|lock)|lock was locked by another process|is locked by another process/.test(
    said,
  );

const LOCK_PATIENCE_MS = 300_000;

/**
 * Runs a package manager as root, when no other is at work: a new machine often updates itself first. apt-get waits for
 * some of the locks only.
 * @param {readonly string[]} args
 * @param {(line: string) => void} onLine
 * @param {{ isDelicate: boolean }} options whether it changes what is installed: half of that would be worse than waiting
 */
const packageManager = async (args, onLine, { isDelicate }) => {
  const program = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_MODE=l", "LC_ALL=C", ...args];
  const [name = "", ...rest] = isDelicate ? shielded(program) : program;
  const [command, list] = asRoot(name, rest);
  for (const deadline = Date.now() + LOCK_PATIENCE_MS; ;) {
    try {
      await run(command, list, { onLine, remedy: offline, isDelicate });
      return;
    } catch (error) {
      if (!(error instanceof SetupFailure) || !isLockedByAnother(error.message)) throw error;
      if (Date.now() > deadline) {
        throw new SetupFailure(error.message, "Let the other package manager end, then run the same command again.");
      }
      onLine("waiting for another package manager to end");
      await sleep(2000);
    }
  }
};

/** @param {readonly string[]} args @param {(line: string) => void} onLine @param {{ isDelicate: boolean }} [options] */
const apt = (args, onLine, options = { isDelicate: false }) =>
  packageManager(
    ["apt-get", "-y", "-o", `DPkg::Lock::Timeout=${LOCK_PATIENCE_MS / 1000}`, "-o", "Acquire::Retries=3", ...args],
    onLine,
    options,
  );

/** @param {readonly string[]} packages @param {(line: string) => void} onLine @param {boolean} updated */
const aptInstall = async (packages, onLine, updated) => {
  const install = ["install", "--no-install-recommends", ...packages];
  const download = [...install, "--download-only"];
  try {
    await apt(download, onLine);
  } catch (error) {
    // An old package list names versions that the mirror no longer has.
    if (updated || !(error instanceof SetupFailure) || isLockedByAnother(error.message)) throw error;
    await apt(["update"], onLine);
    await apt(download, onLine);
  }
  await apt(install, onLine, { isDelicate: true });
};

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ chromiumIsOptional: boolean; all: readonly import("./needs.mjs").Need[] }} options `npm start` does without a
 *   Chromium where none can be had; the tests don't
 */
export const installDistroPackages = async (progress, options) => {
  // Where none could be had today, a start does not spend its time on the same again.
  const withoutChromium = options.chromiumIsOptional && (await isDone(NO_CHROMIUM, today(), []));
  const all = withoutChromium ? options.all.filter(({ name }) => name !== "chromium") : options.all;
  let missing = await missingOf(all);
  if (missing.length === 0) {
    await progress.stage(
      "distribution packages",
      async () => {},
      () => `already there (${all.length})`,
    );
    return;
  }

  becomeAdministrator("to install packages of the distribution", progress.note);
  let chosen = await choose(missing);
  let updated = false;
  if ([...chosen.values()].includes(undefined)) {
    await progress.stage(
      "package lists",
      (stage) => apt(["update"], stage.detail),
      () => "apt-get update",
    );
    updated = true;
    chosen = await choose(missing);
  }

  const toInstall = [...chosen].flatMap(([need, name]) => (name === undefined ? [] : [{ need, name }]));
  if (toInstall.length > 0) {
    progress.note("  To be installed from the distribution:");
    for (const { need, name } of toInstall) progress.note(`      ${name.padEnd(16)} ${need.why}`);
    await progress.stage(
      "distribution packages",
      async (stage) => {
        // A set-up that was killed can leave packages unpacked and not configured.
        if ((await ask("dpkg", ["--audit"])) !== "") {
          await packageManager(["dpkg", "--configure", "-a"], stage.detail, { isDelicate: true });
        }
        await aptInstall([...new Set(toInstall.map(({ name }) => name))], stage.detail, updated);
      },
      () => `installed (${toInstall.length}; ${all.length - missing.length} were there)`,
    );
  }

  missing = await missingOf(all);
  if (missing.some(({ name }) => name === "chromium")) {
    const problem = await installChromiumElsewhere(progress);
    if (problem !== undefined && !options.chromiumIsOptional) throw problem;
    if (problem !== undefined) {
      progress.note(`  ! ${problem.message} \`npm start\` does without; the tests need one.`);
      await markDone(NO_CHROMIUM, today());
    }
    missing = missing.filter(({ name }) => name !== "chromium");
  }
  if (missing.length > 0) {
    throw new SetupFailure(
      `Still missing after the installation: ${missing.map(({ name, why }) => `${name} (${why})`).join(", ")}.`,
      `Install by hand what provides ${missing.map(({ packages }) => packages.join(" or ")).join(", ")}, then run the same command again.`,
    );
  }
};
