// What keeps an egress policy enforced whatever becomes of us: names in the BPF file system, in a folder for each run.
import { readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../log/fileAccess.ts";
import { isOfDeadMaker } from "../makerName.ts";

const ROOT = "/sys/fs/bpf";

/** Takes the enforcement of a run away, which is named as its maker; false where it cannot. */
export const removePins = (name: string): boolean => {
  const folder = join(ROOT, name);
  try {
    for (const pin of readdirSync(folder)) unlinkSync(join(folder, pin));
    rmdirSync(folder);
    return true;
  } catch (error) {
    return errnoOf(error) === "ENOENT";
  }
};

/** Names of those that killed runs left behind. */
export const leftoverPins = (): string[] => {
  try {
    return readdirSync(ROOT).filter(isOfDeadMaker);
  } catch {
    return []; // It is not mounted, or not for us.
  }
};
