// A machine whose user of the steps has sudo, as on hosted runners: in a mount namespace of a job's own, so nothing of the
// real machine is changed. There need be no sudo on that: one of ours stands in for it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const NOBODY = { uid: 65_534, gid: 65_534 };

/**
 * What the worker of a job is run by, for the small runner. `folder` is the job's, and has the machine's /etc afterwards;
 * `more` is run by a shell, as root, before the job begins.
 */
export const wrapWithSudo = (folder: string, more = "true"): string[] => {
  const source = fileURLToPath(new URL("./fakeSudo.c", import.meta.url));
  const built = spawnSync("cc", ["-D_GNU_SOURCE", "-o", join(folder, "sudo"), source], { encoding: "utf8" });
  assert.equal(built.status, 0, built.stderr);
  const etc = join(folder, "etc");
  const script = `cp -a /etc ${etc} && mkdir -p ${etc}/sudoers.d && echo 'nobody ALL=(ALL) NOPASSWD:ALL' > ${etc}/sudoers.d/runner &&
    mount --bind ${etc} /etc && mount -t tmpfs none /usr/local/sbin && cp ${folder}/sudo /usr/local/sbin/sudo &&
    chown 0:0 /usr/local/sbin/sudo && chmod 4755 /usr/local/sbin/sudo && { ${more}
    } && exec "$@"`;
  writeFileSync(join(folder, "wrap.sh"), script);
  return ["unshare", "--mount", "sh", join(folder, "wrap.sh")];
};
