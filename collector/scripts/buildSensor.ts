// Builds the sensor and the hook program, also for another machine than this one: with its compiler, and the libraries of the
// distribution, which are fetched as files.
//
//     npm run build:sensor                     for this machine, to dist/
//     npm run build:sensor -- --arch arm64     for arm64, to dist/arm64/
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Architecture, openArchive, unpackPackages } from "./packageArchive.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Machine {
  /** As `uname -m` says. */
  readonly machine: string;
  readonly architecture: Architecture;
  /** What the names of its compiler's programs begin with. */
  readonly triplet: string;
}

/** By Node's names. */
const MACHINES: Readonly<Record<string, Machine>> = {
  x64: { machine: "x86_64", architecture: "amd64", triplet: "x86_64-linux-gnu" },
  arm64: { machine: "aarch64", architecture: "arm64", triplet: "aarch64-linux-gnu" },
};
const LIBRARIES = ["libbpf-dev", "libelf-dev", "zlib1g-dev", "libc6-dev"];

/** Headers and libraries of another architecture, from the distribution's packages; they stay in the cache. */
export const developmentFiles = (architecture: Architecture): string => {
  const cache = join(root, "node_modules/.cache", `development-${architecture}`);
  const files = join(cache, "root");
  if (existsSync(files)) return files;
  const unpacking = join(cache, "unpacking");
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  unpackPackages(openArchive(cache, architecture), LIBRARIES, unpacking);
  renameSync(unpacking, files);
  return files;
};

/**
 * Builds both programs for `arch`; its compiler must be there (`npm run build:sensor -- --arch ARCH` installs it).
 * @returns the folder that they are in
 */
export const buildSensorFor = (arch: string, distribution = join(root, "dist")): string => {
  const target = MACHINES[arch];
  if (target === undefined)
    throw new Error(`there is no sensor for ${arch}, but for ${Object.keys(MACHINES).join(", ")}`);
  const isOwn = arch === process.arch;
  const out = isOwn ? distribution : join(distribution, arch);
  const { machine, architecture, triplet } = target;
  const tools = isOwn
    ? []
    : [
        `MACHINE=${machine}`,
        `CC=${triplet}-gcc`,
        `STRIP=${triplet}-strip`,
        `SYSROOT=${developmentFiles(architecture)}`,
      ];
  mkdirSync(out, { recursive: true });
  for (const part of ["sensor", "hook"])
    execFileSync("make", ["--no-print-directory", "-C", join(root, "collector", part), `OUT=${out}`, ...tools], {
      stdio: "inherit",
    });
  return out;
};

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({ options: { arch: { type: "string", default: process.arch } } });
  console.log(`The sensor for ${values.arch} is in ${buildSensorFor(values.arch)}`);
}
