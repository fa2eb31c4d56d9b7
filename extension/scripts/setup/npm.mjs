// Runs the machine's npm. Under an old Node, npm silently leaves out the optional packages that ask for a newer one, and
// with them the compiled parts of the linter and others; it then runs under the Node that the lock file names.
import { existsSync, realpathSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { run } from "./command.mjs";
import { SetupFailure } from "./failure.mjs";
import { root, toolsDir } from "./paths.mjs";

/** @param {string} version of Node @returns {boolean} whether every package of the lock file takes it */
export const isRecentEnough = (version) => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
};

const offline = "Check that the npm registry can be reached (`npm ping`), then run the same command again.";
/** Whatever the user's configuration or NODE_ENV leaves out: all that the project needs is in one of these. */
const everything = ["--include=dev", "--include=optional", "--package-lock=true"];
const quiet = ["--no-audit", "--no-fund", "--loglevel=http"];

/** Debian's npm finds its modules only under Debian's Node, unless it is told. */
const debianModules = "/usr/share/nodejs";

/** @returns {string} the program behind the `npm` in the path */
const npmProgram = () => {
  const found = (process.env.PATH ?? "")
    .split(delimiter)
    .map((dir) => join(dir, "npm"))
    .find((path) => existsSync(path));
  if (found === undefined)
    throw new SetupFailure("There is no npm.", "Install npm (on Debian and Ubuntu: apt install npm).");
  return realpathSync(found);
};

/**
 * A Node of the project's version, from the package that the `node` package takes it from.
 * @param {(line: string) => void} onLine
 * @returns {Promise<string>} its path
 */
const bootstrapNode = async (onLine) => {
  const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8"));
  const version = String(lock.packages["node_modules/node"].version);
  const dir = join(toolsDir, "node", version);
  const name = `node-linux-${process.arch}`;
  const node = join(dir, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "package.json"), '{ "private": true }\n');
  const args = [
    "install",
    "--prefix",
    dir,
    "--ignore-scripts",
    "--no-save",
    "--no-package-lock",
    "--include=optional",
    ...quiet,
  ];
  await run("npm", [...args, `${name}@${version}`], { cwd: dir, onLine, remedy: offline });
  return node;
};

/**
 * `npm ci` with an npm that leaves nothing out.
 * @param {string} dir with package.json and package-lock.json
 * @param {readonly string[]} options
 * @param {(line: string) => void} onLine
 */
export const npmCi = async (dir, options, onLine) => {
  const args = ["ci", ...options, ...everything, ...quiet];
  if (isRecentEnough(process.versions.node)) {
    await run("npm", args, { cwd: dir, onLine, remedy: offline });
    return;
  }
  onLine("fetching the project's Node first");
  const node = await bootstrapNode(onLine);
  const npm = npmProgram();
  const env = {
    ...process.env,
    PATH: [dirname(node), process.env.PATH ?? ""].join(delimiter),
    ...(npm.startsWith(`${debianModules}/`) ? { NODE_PATH: debianModules } : {}),
  };
  await run(node, [npm, ...args], { cwd: dir, env, onLine, remedy: offline });
};
