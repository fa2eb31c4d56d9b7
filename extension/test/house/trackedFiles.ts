import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths.mjs";

/** What git tracks and is there, relative to the checkout. */
export const trackedFiles: readonly string[] = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" })
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(root, path)));

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8");

/** Code that ships or helps to ship, without tests. */
export const isSource = (path: string): boolean =>
  /\.(ts|mjs|c|h)$/.test(path) && !path.endsWith(".test.ts") && !/(^|\/)(test|bench)\//.test(path);
