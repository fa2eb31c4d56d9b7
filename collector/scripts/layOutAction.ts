// Lays out the folder that `uses: runglass/runglass/collector@TAG` needs: the manifest of the Action, and beside it what was
// built. A release holds it as its `collector/`; the tests run it from a folder of their own.
//
//     node collector/scripts/layOutAction.ts FOLDER
import { COPYFILE_FICLONE } from "node:constants";
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAMS = ["runglass.js", "language-server.js", "runglass-sensor", "runglass-hook"];

/** Everything must be built (`npm run build`). */
export const layOutAction = (folder: string): void => {
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  copyFileSync(join(root, "collector/action.yml"), join(folder, "action.yml"));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(root, "dist/action"), join(dist, "action"), { recursive: true });
  for (const name of PROGRAMS) copyFileSync(join(root, "dist", name), join(dist, name), COPYFILE_FICLONE);
  // By itself it is the program of the hooks for pre-commit.
  chmodSync(join(dist, "runglass.js"), 0o755);
  // What ends with .js there is a module.
  writeFileSync(join(dist, "package.json"), '{ "type": "module" }\n');
};

if (import.meta.filename === process.argv[1]) {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("name the folder: node collector/scripts/layOutAction.ts FOLDER");
  layOutAction(folder);
}
