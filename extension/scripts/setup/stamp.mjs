// A stage is done again when the content of what it is made from has changed, not when a date has: a checkout, a rebase
// or a restored cache changes dates.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { root, toolsDir } from "./paths.mjs";

/**
 * @param {string} path file or directory, absolute
 * @param {(path: string) => boolean} wanted
 * @returns {AsyncGenerator<string>}
 */
async function* files(path, wanted) {
  const entries = await readdir(path, { withFileTypes: true }).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === "ENOTDIR") return undefined;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === undefined) {
    yield path;
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* files(child, wanted);
    else if (entry.isFile() && wanted(child)) yield child;
  }
}

/**
 * @param {readonly string[]} inputs files and directories, relative to the checkout
 * @param {{ wanted?: (path: string) => boolean; also?: string }} [options] `wanted` picks among the files of the
 *   directories; `also` is hashed too (a version, a kernel release)
 * @returns {Promise<string>}
 */
export const contentHash = async (inputs, options = {}) => {
  const hash = createHash("sha256").update(options.also ?? "");
  for (const input of inputs) {
    for await (const path of files(join(root, input), options.wanted ?? (() => true))) {
      const content = await readFile(path);
      hash.update(`\0${relative(root, path)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
};

/** @param {string} name */
const stampPath = (name) => join(toolsDir, "stamps", name);

/**
 * @param {string} name of the stage
 * @param {string} hash
 * @param {readonly string[]} products absolute paths that the stage leaves behind
 * @returns {Promise<boolean>} whether the stage was done for this very content and what it made is still there
 */
export const isDone = async (name, hash, products) => {
  const stamped = await readFile(stampPath(name), "utf8").catch(() => "");
  return stamped === hash && products.every((path) => existsSync(path));
};

/** Before a stage starts: from here on, only `markDone` makes it count as done. @param {string} name */
export const markUndone = (name) => rm(stampPath(name), { force: true });

/** @param {string} name @param {string} hash */
export const markDone = async (name, hash) => {
  await mkdir(dirname(stampPath(name)), { recursive: true });
  await writeFile(stampPath(name), hash);
};
