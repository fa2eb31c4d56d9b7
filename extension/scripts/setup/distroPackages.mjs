// Installs what is missing from the distribution, after saying what and why.
import { asRoot, becomeAdministrator } from "./administrator.mjs";
import { installChromiumElsewhere } from "./chromium.mjs";
import { ask, run } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";

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
  const candidates = installable((await ask("apt-cache", ["policy", ...names])) ?? "");
  return new Map(missing.map((need) => [need, need.packages.find((name) => candidates.has(name))]));
};

const offline =
  "Check that the distribution's package mirror can be reached (`sudo apt-get update`), then run the same command again.";

/** @param {readonly string[]} args @param {(line: string) => void} onLine */
const apt = async (args, onLine) => {
  const [command, list] = asRoot("env", [
    "DEBIAN_FRONTEND=noninteractive",
    "NEEDRESTART_MODE=l",
    "LC_ALL=C",
    "apt-get",
    "-y",
    "-o",
    "DPkg::Lock::Timeout=300",
    "-o",
    "Acquire::Retries=3",
    ...args,
  ]);
  await run(command, list, { onLine, remedy: offline, isDelicate: true });
};

/** @param {readonly string[]} packages @param {(line: string) => void} onLine @param {boolean} updated */
const aptInstall = async (packages, onLine, updated) => {
  const install = ["install", "--no-install-recommends", ...packages];
  try {
    await apt(install, onLine);
  } catch (error) {
    // An old package list names versions that the mirror no longer has.
    if (updated || !(error instanceof SetupFailure)) throw error;
    await apt(["update"], onLine);
    await apt(install, onLine);
  }
};

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ chromiumIsOptional: boolean; all: readonly import("./needs.mjs").Need[] }} options `npm start` does without a
 *   Chromium where none can be had; the tests don't
 */
export const installDistroPackages = async (progress, options) => {
  const { all } = options;
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
          const [command, args] = asRoot("env", ["DEBIAN_FRONTEND=noninteractive", "dpkg", "--configure", "-a"]);
          await run(command, args, { onLine: stage.detail, isDelicate: true });
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
    if (problem !== undefined) progress.note(`  ! ${problem.message} \`npm start\` does without; the tests need one.`);
    missing = missing.filter(({ name }) => name !== "chromium");
  }
  if (missing.length > 0) {
    throw new SetupFailure(
      `Still missing after the installation: ${missing.map(({ name, why }) => `${name} (${why})`).join(", ")}.`,
      `Install by hand what provides ${missing.map(({ packages }) => packages.join(" or ")).join(", ")}, then run the same command again.`,
    );
  }
};
