// Lays out the folder that `uses: runglass/runglass/collector@TAG` needs: the manifest of the Action, and beside it what was
// built. A release holds it as its `collector/`; the tests run it from a folder of their own.
//
//     node collector/scripts/layOutAction.ts FOLDER
import { COPYFILE_FICLONE } from "node:constants";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const BUNDLES = ["runglass.js", "language-server.js"];
/** Those that each kind of machine has its own of, in a folder named as Node names the machine. */
const PROGRAMS = ["runglass-sensor", "runglass-hook"];
const ARCHITECTURES = ["x64", "arm64"];

/** Where what is for `arch` was built; undefined where it was not. */
const builtFor = (arch: string): string | undefined => {
  const folder = arch === process.arch ? join(root, "dist") : join(root, "dist", arch);
  return PROGRAMS.every((name) => existsSync(join(folder, name))) ? folder : undefined;
};

/**
 * Everything must be built (`npm run build`); of other machines than this one, what `npm run build:sensor -- --arch ARCH` has
 * built comes along.
 */
export const layOutAction = (folder: string): void => {
  const dist = join(folder, "dist");
  mkdirSync(dist, { recursive: true });
  copyFileSync(join(root, "collector/action.yml"), join(folder, "action.yml"));
  copyFileSync(join(root, "LICENSE"), join(folder, "LICENSE"));
  cpSync(join(root, "dist/action"), join(dist, "action"), { recursive: true });
  for (const name of BUNDLES) copyFileSync(join(root, "dist", name), join(dist, name), COPYFILE_FICLONE);
  if (builtFor(process.arch) === undefined) throw new Error("the sensor is not built: npm run build");
  for (const arch of ARCHITECTURES) {
    const built = builtFor(arch);
    if (built === undefined) continue;
    mkdirSync(join(dist, arch));
    for (const name of PROGRAMS) copyFileSync(join(built, name), join(dist, arch, name), COPYFILE_FICLONE);
  }
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
