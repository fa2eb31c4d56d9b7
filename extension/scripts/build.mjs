// Builds dist/: one table of bundles. Run with the project's own Node; `--watch` keeps on building, `--meta` also writes
// dist/meta/*.json for the size report.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build, context } from "esbuild";

const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));

/** @satisfies {import("esbuild").BuildOptions} */
const shared = {
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: /** @type {const} */ ("none"),
  logLevel: /** @type {const} */ ("warning"),
  metafile: true,
};

/**
 * Each bundle loads alone, so that what is not needed at start-up is not read at start-up.
 * @type {readonly import("esbuild").BuildOptions[]}
 */
export const bundles = [
  {
    ...shared,
    entryPoints: ["extension/src/main.ts"],
    outfile: "dist/extension.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
  },
  {
    ...shared,
    entryPoints: ["extension/src/policy/languageClient.ts"],
    outfile: "dist/languageClient.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
  },
  {
    ...shared,
    entryPoints: ["extension/src/pullRequests/startGitHub.ts"],
    outfile: "dist/github.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
  },
  {
    ...shared,
    entryPoints: ["extension/src/relatedDiff/relatedDiffs.ts"],
    outfile: "dist/relatedDiffs.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
  },
  {
    ...shared,
    entryPoints: ["extension/src/export/runFiles.ts"],
    outfile: "dist/runFiles.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode"],
  },
  {
    ...shared,
    // A thread of its own, which writes what is exported.
    entryPoints: ["extension/src/export/exportThread.ts"],
    outfile: "dist/exportThread.cjs",
    platform: "node",
    format: "cjs",
    target: "node22",
  },
  {
    ...shared,
    entryPoints: { monitor: "webview/src/main.ts" },
    outdir: "dist/webview",
    platform: "browser",
    format: "iife",
    target: "chrome132",
    loader: { ".ttf": "file", ".css": "css" },
    assetNames: "[name]",
  },
  {
    ...shared,
    entryPoints: ["language-server/src/main.ts"],
    outfile: "dist/language-server.js",
    platform: "node",
    format: "esm",
    target: "node20",
    define: { RUNGLASS_VERSION: JSON.stringify(manifest.version) },
    // The YAML package asks for a module of Node's by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  },
  {
    ...shared,
    // GitHub's own language service, on a thread of its own and only where it is wanted: larger than all of ours.
    entryPoints: ["language-server/src/validation/worker.ts"],
    outfile: "dist/workflow-validation.js",
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  },
  {
    ...shared,
    minify: false,
    entryPoints: ["collector/src/main.ts"],
    outfile: "dist/runglass.js",
    platform: "node",
    format: "esm",
    target: "node20",
    define: { RUNGLASS_VERSION: JSON.stringify(manifest.version) },
    banner: { js: "#!/usr/bin/env node" },
  },
  {
    ...shared,
    // Readable, as the collector: whoever runs it as root may want to look.
    minify: false,
    entryPoints: ["pre", "main", "post", "keeper"].map((name) => ({
      in: `collector/src/action/${name}.ts`,
      out: name,
    })),
    outdir: "dist/action",
    outExtension: { ".js": ".cjs" },
    platform: "node",
    format: "cjs",
    target: "node24",
    define: { RUNGLASS_VERSION: JSON.stringify(manifest.version) },
  },
  {
    ...shared,
    entryPoints: ["collector/src/action/uploader.ts"],
    outfile: "dist/action/uploader.cjs",
    platform: "node",
    format: "cjs",
    target: "node24",
  },
];

/** @param {import("esbuild").BuildOptions} options */
const buildOne = async (options) => {
  const { metafile } = await build(options);
  if (!process.argv.includes("--meta")) return;
  await mkdir("dist/meta", { recursive: true });
  const name = (options.outfile ?? options.outdir ?? "bundle").replaceAll("/", "-");
  await writeFile(`dist/meta/${name}.json`, JSON.stringify(metafile));
};

if (import.meta.main) {
  await mkdir("dist", { recursive: true });
  const watch = process.argv.includes("--watch");
  for (const options of bundles) {
    try {
      if (watch) await (await context(options)).watch();
      else await buildOne(options);
    } catch {
      // esbuild has said what is wrong, and where; its stack would say it less clearly.
      process.exitCode = 1;
    }
  }
}
