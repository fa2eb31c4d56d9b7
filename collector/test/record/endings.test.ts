import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCgroupTree } from "../../src/cgroup/mount.ts";
import { BUNDLE, Events, prepare, record, run, scratch, start, until } from "./support.ts";

const ourCgroups = (): string[] => readdirSync(findCgroupTree().own).filter((name) => name.startsWith("runglass-"));
/** The cgroups of one run, by the pid in their names. */
const cgroupsOf = (pid: number | undefined): string[] =>
  ourCgroups().filter((name) => name.startsWith(`runglass-${pid}-`));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Pid of the one child of `pid` whose command line holds `label`. */
const childWith = (pid: number | undefined, label: string): number | undefined => {
  const children = spawnSync("ps", ["-o", "pid=,args=", "--ppid", String(pid)], { encoding: "utf8" }).stdout;
  const line = children.split("\n").find((text) => text.includes(label));
  return line === undefined ? undefined : Number(line.trim().split(" ")[0]);
};

describe("record: how it ends", () => {
  before(prepare);
  let folder: ReturnType<typeof scratch>;
  let out: string;
  beforeEach(() => {
    folder = scratch();
    out = join(folder.path, "run.ndjson");
  });
  afterEach(() => folder.remove());

  for (const [command, code] of [
    [["/bin/true"], 0],
    [["/bin/sh", "-c", "exit 255"], 255],
    [["/bin/sh", "-c", "kill -TERM $$"], 143],
    [["/bin/sh", "-c", "kill -SEGV $$"], 139],
  ] as const) {
    it(`has the exit code ${code} of the command`, async () => {
      assert.equal((await record(...command)).outcome.code, code);
    });
  }

  it("gives the command its stdin, stdout and stderr", async () => {
    const outcome = await run(["record", "--out", out, "--", "/bin/sh", "-c", "cat; echo err >&2"], { stdin: "in" });
    assert.deepEqual([outcome.code, outcome.stdout, outcome.stderr], [0, "in", "err\n"]);
  });

  it("passes signals on, and completes the log", async () => {
    const script = "trap 'exit 41' TERM; trap 'echo usr1' USR1; echo ready; while :; do sleep 0.05; done";
    const running = start(["record", "--out", out, "--", "/bin/sh", "-c", script]);
    let stdout = "";
    running.child.stdout!.on("data", (text: string) => (stdout += text));
    await until(() => stdout.includes("ready"), "the command runs");
    running.child.kill("SIGUSR1");
    await until(() => stdout.includes("usr1"), "the command has its signal");
    running.child.kill("SIGTERM");
    assert.equal((await running.outcome).code, 41);
    new Events(out).assertWhole();
  });

  it("ends cleanly by Ctrl-C on a terminal, which the command gets once", async () => {
    const script = `trap 'echo got-int; exit 42' INT; echo ready; while :; do sleep 0.05; done`;
    const argv = JSON.stringify([process.execPath, BUNDLE, "record", "--out", out, "--", "/bin/sh", "-c", script]);
    // A terminal of its own: the child becomes the foreground group, and ^C is typed.
    const terminal = `
import os, pty, sys, json
pid, fd = pty.fork()
argv = json.loads(sys.argv[1])
if pid == 0: os.execv(argv[0], argv)
seen = b""
typed = False
while True:
    try: data = os.read(fd, 1024)
    except OSError: break
    if not data: break
    seen += data
    if b"ready" in seen and not typed:
        typed = True
        os.write(fd, b"\\x03")
status = os.waitpid(pid, 0)[1]
print(seen.count(b"got-int"), os.waitstatus_to_exitcode(status))
`;
    const python = spawn("/usr/bin/python3", ["-c", terminal, argv], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    python.stdout.on("data", (data: Buffer) => (said += data.toString()));
    await new Promise((resolve) => python.once("close", resolve));
    assert.equal(said.trim(), "1 42");
    new Events(out).assertWhole();
  });

  it("does not start the command when it is interrupted before", async () => {
    const mark = join(folder.path, "started");
    const running = start(["record", "--out", out, "--", "/usr/bin/touch", mark]);
    await until(() => existsSync(out) && readFileSync(out, "utf8").includes("run.start"), "the log is begun");
    running.child.kill("SIGINT");
    const outcome = await running.outcome;
    if (existsSync(mark)) assert.equal(outcome.code, 0, "it was too late to interrupt the start");
    else assert.equal(outcome.code, 130);
    assert.equal(new Events(out).all.at(-1)?.type, "run.end");
    assert.deepEqual(cgroupsOf(running.child.pid), []);
  });

  it("says when the sensor dies, lets the command end, and fails", async () => {
    const mayEnd = join(folder.path, "may-end");
    const script = `while [ ! -e ${mayEnd} ]; do sleep 0.1; done; exit 5`;
    const running = start(["record", "--out", out, "--", "/bin/sh", "-c", script]);
    await until(
      () => existsSync(out) && readFileSync(out, "utf8").includes('"type":"process.exec"'),
      "the command runs",
    );
    const sensor = childWith(running.child.pid, "runglass-sensor");
    assert.ok(sensor !== undefined);
    process.kill(sensor, "SIGKILL");
    const goesOn = "runglass: the sensor was killed by SIGKILL; the command goes on";
    await until(() => running.stderr().includes(goesOn), "it says that the sensor has died");
    writeFileSync(mayEnd, "");
    const outcome = await running.outcome;
    assert.equal(outcome.code, 3);
    const events = new Events(out);
    assert.ok(events.of("coverage").some(({ hook, state }) => hook === "sensor" && state === "off"));
    assert.ok(events.of("loss").some(({ source, lost }) => source === "sensor" && lost >= 1));
    assert.ok((events.of("run.end")[0]?.lost ?? 0) >= 1);
  });

  it("leaves no cgroup behind when the sensor cannot be started", async () => {
    const sensor = join(folder.path, "sensor");
    writeFileSync(sensor, "#!/no/such/interpreter\n", { mode: 0o755 });
    const running = start(["record", "--out", out, "--", "/bin/true"], { env: { RUNGLASS_SENSOR: sensor } });
    assert.equal((await running.outcome).code, 3);
    assert.deepEqual(cgroupsOf(running.child.pid), []);
  });

  it("ends as always when the command removes its own cgroup", async () => {
    const { path: top } = findCgroupTree().mount;
    const script = `d=$(sed -n s/^0:://p /proc/self/cgroup); echo $$ >${top}/cgroup.procs; rmdir ${top}$d; exit 7`;
    const { outcome, events } = await record("/bin/sh", "-c", script);
    assert.equal(outcome.code, 7, outcome.stderr);
    assert.ok(
      events.of("process.exec").some(({ exec }) => exec.argv[0] === "rmdir"),
      "it is watched all the same",
    );
  });

  it("leaves no cgroup behind, and names processes that go on", async () => {
    const running = start([
      "record",
      "--out",
      out,
      "--",
      "/bin/sh",
      "-c",
      "sleep 30 </dev/null >/dev/null 2>&1 & echo $!",
    ]);
    const outcome = await running.outcome;
    const left = Number(outcome.stdout);
    assert.ok(isAlive(left));
    process.kill(left);
    assert.equal(outcome.code, 0);
    assert.match(outcome.stderr, new RegExp(`left behind goes on, no longer watched: pid ${left}`));
    assert.deepEqual(cgroupsOf(running.child.pid), []);
    new Events(out).assertWhole();
  });

  it("cleans up after a run that was killed", async () => {
    const killed = start(["record", "--out", out, "--", "/bin/sh", "-c", "echo ready; exec sleep 30"]);
    await until(() => existsSync(out) && readFileSync(out, "utf8").includes('"sleep"'), "the command runs");
    const command = childWith(killed.child.pid, "sleep 30");
    const sensor = childWith(killed.child.pid, "runglass-sensor");
    assert.ok(command !== undefined && sensor !== undefined);
    killed.child.kill("SIGKILL");
    await killed.outcome;
    await until(() => !isAlive(sensor), "the sensor ends with its collector");
    assert.equal(cgroupsOf(killed.child.pid).length, 1);
    await record("/bin/true");
    assert.equal(cgroupsOf(killed.child.pid).length, 1, "a cgroup with processes in it stays until it is asked for");
    const cleaned = await run(["doctor", "--clean"]);
    assert.equal(cleaned.code, 0, cleaned.stderr);
    assert.match(cleaned.stderr, new RegExp(`1 process of .* goes on in the cgroup above: pid ${command}\n`));
    assert.deepEqual(cgroupsOf(killed.child.pid), []);
    assert.ok(isAlive(command));
    process.kill(command);
  });

  it("removes an empty cgroup of a killed run at the next start", async () => {
    const namespace = /\d+/.exec(spawnSync("readlink", ["/proc/self/ns/pid"], { encoding: "utf8" }).stdout)?.[0];
    const left = join(findCgroupTree().own, `runglass-4000000-1-${namespace}`);
    mkdirSync(left);
    await record("/bin/true");
    assert.equal(existsSync(left), false);
  });

  it("works from a cgroup that is not the root", async () => {
    const cgroup = join(findCgroupTree().mount.path, `runglass-test-${process.pid}`);
    mkdirSync(cgroup);
    try {
      const into = ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs"; exec "$@"', cgroup, process.execPath];
      const outcome = await run(["record", "--out", out, "--", "/bin/cat", "/proc/self/cgroup"], { via: into });
      assert.equal(outcome.code, 0, outcome.stderr);
      assert.match(outcome.stdout, new RegExp(`^0::/runglass-test-${process.pid}/runglass-`, "m"));
      new Events(out).labelled("/proc/self/cgroup");
    } finally {
      rmdirSync(cgroup);
    }
  });

  it("keeps its log where no --out says where, and says where", async () => {
    const outcome = await run(["record", "--", "/bin/true"], { env: { TMPDIR: folder.path } });
    const path = /^runglass: log in (.*)$/m.exec(outcome.stderr)?.[1];
    assert.ok(path?.startsWith(folder.path), outcome.stderr);
    new Events(path!).assertWhole();
  });

  it("fills run{} from the variables of a GitHub Actions job", async () => {
    const env = {
      GITHUB_RUN_ID: "77",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_WORKFLOW: "CI",
    };
    await run(["record", "--out", out, "--", "/bin/true"], { env });
    const [begin] = new Events(out).of("run.start");
    assert.deepEqual(
      [begin?.run.id, begin?.run.attempt, begin?.run.repository, begin?.run.workflow, begin?.run.url, begin?.run.title],
      ["77", 2, "o/r", "CI", "https://github.com/o/r/actions/runs/77", "/bin/true"],
    );
  });

  it("fails on a full disk and says so; what fitted stays, in whole lines", async () => {
    const disk = join(folder.path, "disk");
    mkdirSync(disk);
    assert.equal(spawnSync("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", disk]).status, 0);
    try {
      const log = join(disk, "run.ndjson");
      // Nothing that is told in one event for many.
      const code =
        "import socket\nfor i in range(2000):\n" +
        '    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x", ("127.0.0.1", 1000 + i))';
      const outcome = await run(["record", "--out", log, "--", "/usr/bin/python3", "-c", code]);
      assert.equal(outcome.code, 3);
      assert.match(outcome.stderr, /the disk is full/);
      assert.doesNotMatch(outcome.stderr, /\n\s+at /, "no stack trace");
      const text = readFileSync(log, "utf8");
      assert.ok(text.length > 50_000 && text.endsWith("}\n"), "what fitted is there, in whole lines");
    } finally {
      spawnSync("umount", [disk]);
    }
  }).timeout(60_000);

  it("does not write over a file of someone else, nor start the command", async () => {
    writeFileSync(out, "something of mine\n");
    const mark = join(folder.path, "started");
    const outcome = await run(["record", "--out", out, "--", "/usr/bin/touch", mark]);
    assert.notEqual(outcome.code, 0);
    assert.equal(readFileSync(out, "utf8"), "something of mine\n");
    assert.ok(!existsSync(mark));
  });
});
