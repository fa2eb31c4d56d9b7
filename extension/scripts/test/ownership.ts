import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { asRoot } from "../setup/administrator.mjs";
import { root } from "../setup/paths.mjs";

/** Suites that ran as root wrote into the checkout; its owner must be able to build and clean it afterwards. */
export const giveBackFiles = (): void => {
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const places = ["dist", ".tools", "node_modules/.cache"].map((name) => join(root, name));
  const [command, args] = asRoot("chown", ["-R", "--silent", owner, ...places]);
  spawnSync(command, args, { stdio: "ignore" });
};
