import { join } from "node:path";
import { distDir, root, vscodeServerDir } from "../../scripts/setup/paths.mjs";

/** The server build's own folder: what VS Code calls its application root. */
export const serverRoot = join(vscodeServerDir, "node_modules/code-server/lib/vscode");
export const serverMain = join(serverRoot, "out/server-main.js");
export const vsixPath = join(distDir, "runglass.vsix");
export const collectorMain = join(distDir, "runglass.js");
export { distDir, root };
