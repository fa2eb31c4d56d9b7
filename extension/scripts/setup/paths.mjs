// Where set-up keeps things. All below the checkout, so that removing the checkout removes them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
export const toolsDir = join(root, ".tools");
export const distDir = join(root, "dist");
export const logPath = join(toolsDir, "setup.log");
/** The VS Code server build: installed below, started by `extension/test/vscode/server.ts`. */
export const vscodeServerDir = join(toolsDir, "vscode");
/** The project's own Node; everything but set-up runs under it. */
export const pinnedNode = join(root, "node_modules/node/bin/node");

/**
 * C headers of the pinned Node, for the two native modules of the VS Code server; undefined where the `node` package
 * did not bring any.
 * @returns {string | undefined}
 */
export const pinnedNodeHeaders = () => {
  const platformPackage = `node-linux-${process.arch === "arm64" ? "arm64" : "x64"}`;
  return [
    join(root, "node_modules/node/node_modules", platformPackage),
    join(root, "node_modules", platformPackage),
  ].find((dir) => existsSync(join(dir, "include/node/node_api.h")));
};
