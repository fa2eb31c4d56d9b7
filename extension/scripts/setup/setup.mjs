// The whole set-up, in order. Each stage looks first whether there is anything to do.
import { release as kernelRelease } from "node:os";
import { installDistroPackages } from "./distroPackages.mjs";
import { lockSetup } from "./lock.mjs";
import { benchNeeds, sensorNeeds, startNeeds, testNeeds } from "./needs.mjs";
import { installNpmPackages } from "./npmPackages.mjs";
import { checkPlatform } from "./platform.mjs";
import { buildBundles, buildHook, buildSensor, packExtension } from "./products.mjs";
import { elapsed } from "./progress.mjs";
import { installVscodeServer } from "./vscodeServer.mjs";

/**
 * `packages`: only what npm brings (for checks of the source); `sensor`: and what compiles the sensor, which the script does
 * itself; `build`: the same, and all products are built; `all`: and what running needs; `test`: and what only the tests
 * need; `bench`: and what the benchmarks compare with.
 * @typedef {"packages" | "sensor" | "build" | "all" | "test" | "bench"} SetupLevel
 */

/** @param {SetupLevel} level @returns {readonly import("./needs.mjs").Need[]} */
export const needsOf = (level) => {
  if (level === "packages") return [];
  const compiling = sensorNeeds(kernelRelease());
  if (level === "sensor" || level === "build") return compiling;
  const running = [...compiling, ...startNeeds];
  if (level === "all") return running;
  return level === "test" ? [...running, ...testNeeds] : [...running, ...testNeeds, ...benchNeeds];
};

/**
 * @param {import("./progress.mjs").Progress} progress
 * @param {{ level: SetupLevel; chromiumIsOptional?: boolean; force?: boolean; extra?: readonly import("./needs.mjs").Need[] }}
 *   options `extra`: what else this run needs
 */
export const setUp = async (progress, { level, chromiumIsOptional = false, force = false, extra = [] }) => {
  const start = Date.now();
  const { name } = checkPlatform();
  if (level !== "packages") progress.note(`Runglass set-up on ${name}`);
  const release = await lockSetup(progress.note);
  try {
    await installNpmPackages(progress);
    if (level !== "packages") {
      await installDistroPackages(progress, { chromiumIsOptional, all: [...needsOf(level), ...extra] });
    }
    if (level !== "packages" && level !== "sensor") {
      if (level !== "build") await installVscodeServer(progress);
      await buildSensor(progress, { force });
      await buildHook(progress, { force });
      await buildBundles(progress, { force });
      await packExtension(progress, { force });
    }
  } finally {
    release();
  }
  if (level !== "packages") progress.note(`Set-up done in ${elapsed(Date.now() - start)}.`);
};
