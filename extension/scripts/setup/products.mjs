// What is built from this checkout: the sensor, the hook program, the bundles, the packaged extension.
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { findBpftool } from "./bpftool.mjs";
import { run } from "./command.mjs";
import { distDir, pinnedNode, root } from "./paths.mjs";
import { contentHash, isDone, markDone, markUndone } from "./stamp.mjs";

export const vsixPath = join(distDir, "runglass.vsix");

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ title: string; name: string; hash: string; products: readonly string[]; force: boolean }} about
 * @param {(stage: import("./progress.mjs").Stage) => Promise<void>} build
 */
const step = async (progress, { title, name, hash, products, force }, build) => {
  const wasDone = !force && (await isDone(name, hash, products));
  await progress.stage(
    title,
    async (stage) => {
      if (wasDone) return;
      await markUndone(name);
      await build(stage);
      await markDone(name, hash);
    },
    () => (wasDone ? "up to date" : "built"),
  );
};

/** @param {string} path */
const isCode = (path) => !/\.test\.ts$|\/(test|bench)\//.test(path.slice(root.length));

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ force?: boolean }} [options]
 */
export const buildSensor = async (progress, { force = false } = {}) => {
  const hash = await contentHash(["collector/sensor"], { wanted: (path) => /\.(c|h)$|Makefile$/.test(path) });
  await step(
    progress,
    { title: "sensor", name: "sensor", hash, products: [join(distDir, "runglass-sensor")], force },
    async (stage) => {
      await mkdir(distDir, { recursive: true });
      const bpftool = await findBpftool();
      const tools = bpftool === undefined ? [] : [`BPFTOOL=${bpftool}`];
      await run("make", ["-C", "collector/sensor", "OUT=../../dist", ...(force ? ["-B"] : []), ...tools], {
        onLine: stage.detail,
      });
    },
  );
};

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ force?: boolean }} [options]
 */
export const buildHook = async (progress, { force = false } = {}) => {
  const hash = await contentHash(["collector/hook"], { wanted: (path) => /\.(c|h)$|Makefile$/.test(path) });
  await step(
    progress,
    { title: "hook program", name: "hook", hash, products: [join(distDir, "runglass-hook")], force },
    async (stage) => {
      await run("make", ["-C", "collector/hook", "OUT=../../dist", ...(force ? ["-B"] : [])], {
        onLine: stage.detail,
      });
    },
  );
};

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ force?: boolean }} [options]
 */
export const buildBundles = async (progress, { force = false } = {}) => {
  const inputs = [
    "collector",
    "webview",
    "language-server/src",
    "extension/src",
    "extension/scripts/build.mjs",
    "package.json",
    "package-lock.json",
  ];
  const hash = await contentHash(inputs, { wanted: isCode });
  const products = [
    "runglass.js",
    "language-server.js",
    "extension.cjs",
    "exportThread.cjs",
    "runFiles.cjs",
    "languageClient.cjs",
    "webview/monitor.js",
    ...["pre", "main", "post", "keeper", "uploader"].map((name) => `action/${name}.cjs`),
  ].map((name) => join(distDir, name));
  await step(progress, { title: "bundles", name: "bundles", hash, products, force }, async (stage) => {
    await run(pinnedNode, ["extension/scripts/build.mjs", "--meta"], { onLine: stage.detail });
  });
};

/**
 * Packs what .vscodeignore lets through; the bundles must be there.
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ force?: boolean }} [options]
 */
export const packExtension = async (progress, { force = false } = {}) => {
  const texts = ["package.json", ".vscodeignore", "README.md", "CHANGELOG.md", "LICENSE"];
  const bundles = ["exportThread", "extension", "github", "languageClient", "relatedDiffs", "runFiles"].map(
    (name) => `dist/${name}.cjs`,
  );
  const servers = ["dist/language-server.js", "dist/workflow-validation.js", "language-server/schema"];
  const hash = await contentHash([...texts, "extension/media", ...bundles, ...servers, "dist/webview"]);
  await step(
    progress,
    { title: "extension package", name: "vsix", hash, products: [vsixPath], force },
    async (stage) => {
      const building = join(distDir, "building.vsix");
      await rm(building, { force: true });
      await run(pinnedNode, ["node_modules/@vscode/vsce/vsce", "package", "--no-dependencies", "--out", building], {
        onLine: stage.detail,
      });
      await rename(building, vsixPath);
    },
  );
};
