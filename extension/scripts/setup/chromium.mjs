// A Chromium for the browser tests: the user's own choice, or whatever the machine has, or one that can be had.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { asRoot } from "./administrator.mjs";
import { ask, run } from "./command.mjs";
import { Interrupted, SetupFailure } from "./failure.mjs";
import { pinnedNode, root, toolsDir } from "./paths.mjs";

const known = [
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/usr/bin/microsoft-edge",
  "/snap/bin/chromium",
  "/usr/bin/chromium-browser",
];

const downloads = join(toolsDir, "browsers");

/** @returns {string[]} */
const downloaded = () => {
  if (!existsSync(downloads)) return [];
  return readdirSync(downloads).flatMap((entry) =>
    ["chrome-linux64/chrome", "chrome-linux/chrome", "chrome-headless-shell-linux64/chrome-headless-shell"].map(
      (path) => join(downloads, entry, path),
    ),
  );
};

/**
 * @returns {Promise<string | undefined>} the path of one that runs: Ubuntu's /usr/bin/chromium-browser without its snap
 *   is there, and does not
 */
export const findChromium = async () => {
  for (const path of [process.env.CHROME_PATH ?? "", ...known, ...downloaded()]) {
    if (path === "" || !existsSync(path)) continue;
    const version = await ask(path, ["--version"]);
    if (version !== undefined && /\d+\.\d+/.test(version)) return path;
  }
  return undefined;
};

/**
 * For Ubuntu, whose Chromium is a snap: takes the snap where snaps run, else the build that Playwright offers.
 * @param {import("./progress.mjs").Progress} progress
 * @returns {Promise<SetupFailure | undefined>} why none could be had
 */
export const installChromiumElsewhere = async (progress) => {
  try {
    await progress.stage(
      "chromium",
      async (stage) => {
        if (existsSync("/run/snapd.socket") && (await ask("snap", ["version"])) !== undefined) {
          stage.detail("snap install chromium");
          const [command, args] = asRoot("snap", ["install", "chromium"]);
          await run(command, args, { onLine: stage.detail });
        } else {
          stage.detail("playwright install chromium");
          const cli = join(root, "node_modules/playwright-core/cli.js");
          const environment = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: downloads };
          const [command, args] = asRoot(pinnedNode, [cli, "install-deps", "chromium"]);
          await run(command, args, { onLine: stage.detail });
          await run(pinnedNode, [cli, "install", "chromium"], { env: environment, onLine: stage.detail });
        }
        if ((await findChromium()) === undefined) throw new SetupFailure("It was installed, and does not start.", "");
      },
      () => "installed",
    );
    return undefined;
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof SetupFailure)) throw error;
    return new SetupFailure(
      `There is no Chromium, and none could be installed: ${error.message}`,
      "Install Google Chrome or Chromium, and set CHROME_PATH to its program where it is in an unusual place.",
    );
  }
};
