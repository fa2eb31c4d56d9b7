// The npm packages of the project itself, among them the Node that everything else runs under.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ask, run } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { npmCi } from "./npm.mjs";
import { pinnedNode, root } from "./paths.mjs";

/** @param {{ os?: string[]; cpu?: string[]; libc?: string[] }} entry @param {string} arch @returns {boolean} whether a package is for such a machine */
const isFor = ({ os, cpu, libc }, arch) =>
  (os?.includes("linux") ?? true) && (cpu?.includes(arch) ?? true) && (libc?.includes("glibc") ?? true);

/**
 * Compares the lock file with the one that npm keeps inside node_modules, so that it does not matter who installed.
 *
 * @param {string} lockText package-lock.json
 * @param {string} installedText node_modules/.package-lock.json
 * @param {string} arch of the machine, as Node and npm name it
 * @returns {boolean} whether every package of the lock file that is for such a machine is there in its version
 */
export const isInstalled = (lockText, installedText, arch = process.arch) => {
  /** @type {Record<string, { version?: string; optional?: boolean; os?: string[]; cpu?: string[]; libc?: string[] }>} */
  const wanted = JSON.parse(lockText).packages ?? {};
  /** @type {Record<string, { version?: string }>} */
  const installed = JSON.parse(installedText).packages ?? {};
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === "" ||
      installed[path]?.version === entry.version ||
      // The compiled part of a package, which is optional only because there is one for each kind of machine.
      (entry.optional === true && !(entry.os !== undefined && isFor(entry, arch))),
  );
};

const isCurrent = async () => {
  const hidden = join(root, "node_modules/.package-lock.json");
  if (!existsSync(hidden)) return false;
  try {
    return isInstalled(await readFile(join(root, "package-lock.json"), "utf8"), await readFile(hidden, "utf8"));
  } catch {
    return false;
  }
};

/**
 * @param {import("./progress.mjs").Progress} progress
 */
export const installNpmPackages = async (progress) => {
  const wasCurrent = (await isCurrent()) && existsSync(pinnedNode);
  await progress.stage(
    "npm packages",
    async (stage) => {
      if (wasCurrent) return;
      stage.detail("npm ci");
      await npmCi(root, [], stage.detail);
      // Where scripts are off in the user's npm configuration, the `node` package has not fetched its binary yet.
      if (!existsSync(pinnedNode))
        await run("npm", ["rebuild", "node", "--ignore-scripts=false", "--foreground-scripts"]);
      const version = await ask(pinnedNode, ["--version"]);
      if (version === undefined) {
        throw new SetupFailure(
          `The project's own Node (${pinnedNode}) is missing or does not run here.`,
          "Remove node_modules and run the same command again; npm must be allowed to run the install script of the package `node`.",
        );
      }
    },
    () => (wasCurrent ? "already there" : "installed"),
  );
};
