// What the guest runs on arm64: built here for it, or taken out of the distribution's packages.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildSensorFor, developmentFiles } from "../../scripts/buildSensor.ts";
import { type Architecture, openArchive, unpackPackages } from "../../scripts/packageArchive.ts";
import { buildGo, CLIENT } from "../go/build.ts";
import { WORKLOADS } from "../kernels/guest.ts";

const root = join(import.meta.dirname, "../../..");
const workloads = join(root, "collector/test/sensor/workloads");
const LIBRARIES = "usr/lib/aarch64-linux-gnu";

/** The files of packages; they stay in the cache. */
const filesOf = (architecture: Architecture, names: readonly string[]): string => {
  const cache = join(root, "node_modules/.cache", `programs-${architecture}`);
  const files = join(cache, "root");
  if (existsSync(files)) return files;
  const unpacking = join(cache, "unpacking");
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  unpackPackages(openArchive(cache, architecture), names, unpacking);
  renameSync(unpacking, files);
  return files;
};

/** For `makeInitrd`; besides what each guest has, `busybox32` (for 32-bit Arm) and `goclient`. `folder`: for what is built. */
export const addArm64Programs = (guest: string, folder: string): void => {
  const bin = join(guest, "bin");
  copyFileSync(join(buildSensorFor("arm64"), "runglass-sensor"), join(bin, "runglass-sensor"));
  const compiler = ["-O2", "-Wall", "-Werror", "-pthread", "-static", `--sysroot=${developmentFiles("arm64")}`];
  for (const name of WORKLOADS)
    execFileSync("aarch64-linux-gnu-gcc", [...compiler, "-o", join(bin, name), join(workloads, `${name}.c`)]);
  buildGo(join(folder, "goclient"), CLIENT, { arch: "arm64" });
  copyFileSync(join(folder, "goclient"), join(bin, "goclient"));

  copyFileSync(join(filesOf("armhf", ["busybox-static"]), "bin/busybox"), join(bin, "busybox32"));
  const files = filesOf("arm64", ["busybox-static", "curl", "openssl"]);
  copyFileSync(join(files, "bin/busybox"), join(bin, "busybox"));
  for (const name of ["curl", "openssl"]) copyFileSync(join(files, "usr/bin", name), join(bin, name));
  // Some are below /lib, which is the same folder in the guest.
  for (const folderOf of ["lib", "lib/aarch64-linux-gnu", LIBRARIES]) {
    const from = join(files, folderOf);
    const to = join(guest, folderOf === LIBRARIES ? LIBRARIES : join("usr", folderOf));
    mkdirSync(to, { recursive: true });
    for (const name of existsSync(from) ? readdirSync(from) : [])
      if (name.includes(".so")) cpSync(join(from, name), join(to, name), { verbatimSymlinks: true });
  }
};
