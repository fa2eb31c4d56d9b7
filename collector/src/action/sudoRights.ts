// Takes away what makes the user of the steps root: the files that give it rights by sudo. They get a name with a dot in it,
// which sudo passes over, so that a machine that is used again gets them back.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.ts";

const FOLDER = "/etc/sudoers.d";
const HIDDEN = ".runglass-disabled";
const MOST_BYTES = 1 << 20;

const mentions = (text: string, user: string): boolean =>
  text.split("\n").some((line) => line.split(/[\s,=:]+/)[0] === user);

/** The files below sudoers.d that give `user` rights by name. */
const filesFor = (user: string): string[] => {
  let names: string[];
  try {
    names = readdirSync(FOLDER);
  } catch {
    return [];
  }
  return names.filter((name) => {
    // Those that sudo does not read.
    if (/\.|~$/.test(name)) return false;
    const path = join(FOLDER, name);
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MOST_BYTES && mentions(readFileSync(path, "utf8"), user);
  });
};

/** Whether `uid` can become root without a password. */
const canSudo = (uid: number, gid: number): boolean => {
  const tried = spawnSync("sudo", ["-n", "--", "true"], { uid, gid, stdio: "ignore", timeout: 10_000, cwd: "/" });
  return tried.status === 0;
};

export class SudoRights {
  /** Paths as they were. */
  readonly #moved: string[] = [];

  /** Throws a `UserError` where the user can still become root afterwards; then everything is as it was. */
  take(user: { readonly uid: number; readonly gid: number; readonly name: string }): void {
    if (user.uid === 0) {
      throw new UserError(
        "disable-sudo: the steps of this job run as root already, so there is nothing to take away",
        3,
      );
    }
    try {
      for (const name of filesFor(user.name)) {
        const path = join(FOLDER, name);
        renameSync(path, path + HIDDEN);
        this.#moved.push(path);
      }
    } catch (error) {
      this.restore();
      throw new UserError(`disable-sudo: ${messageOf(error)}`, 3);
    }
    if (!canSudo(user.uid, user.gid)) return;
    this.restore();
    throw new UserError(
      `disable-sudo: ${user.name} can still become root by sudo: its rights are not in ${FOLDER}, or come by a group`,
      3,
    );
  }

  restore(): void {
    for (const path of this.#moved.splice(0)) renameSync(path + HIDDEN, path);
  }
}
