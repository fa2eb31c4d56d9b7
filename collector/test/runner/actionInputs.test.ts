// Inputs of the Action that change what it does to the machine, in whole jobs of the small runner.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { prepare, until } from "../record/support.ts";
import { ActionJob, stepNamed } from "./actionJob.ts";
import { NOBODY, wrapWithSudo } from "./sudoMachine.ts";

describe("inputs of the Action, in a job", function () {
  this.timeout(60_000);
  before(prepare);
  let job: ActionJob;
  beforeEach(async () => (job = await ActionJob.create()));
  afterEach(() => job.remove());

  it("disable-sudo-and-containers: takes sudo and the engines' sockets away, and gives them back", async () => {
    const { folder } = job;
    // An engine that anybody may talk to, another program, and a systemd that only notes what it was asked.
    const engine = `
import os, socket, time
for name in ("docker.sock", "other.sock"):
    s = socket.socket(socket.AF_UNIX); s.bind("/run/" + name); s.listen(9); os.chmod("/run/" + name, 0o666)
    globals()[name] = s
time.sleep(50)`;
    const systemctl = `#!/bin/sh
echo "$*" >> ${folder}/asked
case "$*" in *is-active*docker.service) exit 0;; *is-active*) exit 3;; esac`;
    const more = `mkdir ${folder}/run && mount --bind ${folder}/run /run
    printf '%s\\n' '${systemctl}' > /usr/local/sbin/systemctl; chmod 755 /usr/local/sbin/systemctl
    python3 -c '${engine}' & while [ ! -S /run/other.sock ]; do sleep 0.05; done`;
    const look = `
import errno, socket, subprocess
for name in ("docker.sock", "other.sock"):
    try: socket.socket(socket.AF_UNIX).connect("/run/" + name); print(name, "ok")
    except OSError as error: print(name, errno.errorcode[error.errno])
print("sudo", subprocess.run(["sudo", "-n", "--", "true"], capture_output=True).returncode)`;
    const result = await job.run(["disable-sudo-and-containers: true"], ["- name: Look", "  run: python3 look.py"], {
      user: NOBODY,
      wrap: wrapWithSudo(folder, more),
      files: { "look.py": look },
    });
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    assert.deepEqual(stepNamed(result, "Look").log, ["docker.sock EACCES", "other.sock ok", "sudo 1"]);
    const asked = (): string[] => readFileSync(join(folder, "asked"), "utf8").split("\n");
    assert.ok(asked().includes("--quiet stop docker.service"));
    await until(() => asked().includes("--quiet start docker.service"), "the engine is started again");
    const { mode, uid } = statSync(join(folder, "run/docker.sock"));
    assert.deepEqual([mode & 0o777, uid], [0o666, 0]);
    assert.match(readFileSync(join(folder, "etc/sudoers.d/runner"), "utf8"), /^nobody ALL/);
  });

  /** A machine whose BPF file system takes no pins, so that nothing can be enforced there. */
  const unenforceable = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t bpf none /sys/fs/bpf && mount -o remount,bind,ro /sys/fs/bpf && exec "$@"',
    "sh",
  ];
  /** In a network of its own, a connect that the policy refuses; nobody listens there, so it ends otherwise where it is not. */
  const connect = [
    "- name: Connect",
    `  run: unshare --net sh -c 'ip link set lo up && ip addr add 198.51.100.89/32 dev lo && exec python3 connect.py'`,
  ];
  const files = { "connect.py": 'import socket; print(socket.socket().connect_ex(("198.51.100.89", 9)))' };
  const block = ["egress-policy: block", "allowed-endpoints: pypi.org"];

  it("on-unenforceable: audit runs on where nothing can be enforced, and says so everywhere", async () => {
    const result = await job.run([...block, "on-unenforceable: audit"], connect, { wrap: unenforceable, files });
    assert.equal(result.conclusion, "success", JSON.stringify(result));
    const why = /BPF file system.*Read-only/;
    const pre = stepNamed(result, "Pre");
    const said = pre.annotations.find(({ level }) => level === "warning");
    assert.match(said?.message ?? "", /^the policy is not enforced, only audited: .*Read-only file system/);
    assert.ok(pre.log.includes("The egress policy is NOT enforced."));
    assert.deepEqual(stepNamed(result, "Connect").log, ["111"]);
    const log = job.log();
    log.assertWhole();
    assert.equal(log.of("run.start")[0]?.policy.mode, "audit");
    assert.deepEqual(
      log.of("enforcement").map(({ armed }) => armed),
      [false],
    );
    assert.match(log.of("enforcement")[0]?.reason ?? "", why);
    const { summary } = stepNamed(result, "Post");
    assert.match(summary, /^> \[!WARNING\]\n> \*\*The policy was not enforced all the time\*\*: .*/);
  });

  it("on-unenforceable: fail, which is the default, starts nothing there", async () => {
    const result = await job.run(block, connect, { wrap: unenforceable, files });
    assert.equal(result.conclusion, "failure");
    const error = stepNamed(result, "Pre").annotations.find(({ level }) => level === "error");
    assert.match(error?.message ?? "", /not watched: .*cannot be enforced here: .*Read-only file system/);
    assert.equal(stepNamed(result, "Connect").conclusion, "skipped");
    assert.deepEqual(job.service.calls, []);
  });
});
