// bpftool is in many places: /usr/sbin on Debian, beside one kernel's tools on Ubuntu, where /usr/sbin has a wrapper that
// only works when the running kernel's tools are installed.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ask } from "./command.mjs";

/** @returns {Promise<string | undefined>} the path of one that runs */
export const findBpftool = async () => {
  const candidates = [process.env.BPFTOOL ?? "", "/usr/local/sbin/bpftool", "/usr/sbin/bpftool", "/usr/bin/bpftool"];
  for (const dir of ["/usr/lib/linux-tools", "/usr/lib"]) {
    if (!existsSync(dir)) continue;
    for (const entry of readdirSync(dir)) {
      if (dir === "/usr/lib/linux-tools" || entry.startsWith("linux-tools-"))
        candidates.push(join(dir, entry, "bpftool"));
    }
  }
  for (const path of candidates) {
    if (path !== "" && existsSync(path) && (await ask(path, ["version"])) !== undefined) return path;
  }
  return undefined;
};
