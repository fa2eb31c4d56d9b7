// Whoever ends, detaches or unpins what enforces an egress policy gets no network for it.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { findCgroupTree } from "../../src/cgroup/mount.ts";
import { BlockedNetwork, deadMansSwitch, V4 } from "./blockedNetwork.ts";
import { BUNDLE, prepare, run, scratch, start, until, type Running } from "./support.ts";

const [ALLOWED, DENIED] = [8081, 8082];
/** For what takes a second where nobody else wants the processor. */
const PATIENCE_MS = 40_000;

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
const isSensor = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, "utf8") === "runglass-sensor\n";

const PINS = "/sys/fs/bpf";
/** The name of what process `pid` has made, in a folder. */
const madeBy = (pid: number, folder: string): string | undefined =>
  existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith(`runglass-${pid}-`)) : undefined;

/** A contained command that does nothing, and what enforces its policy. */
class Contained {
  readonly running: Running;
  readonly pid: number;
  readonly out: string;
  readonly #network: BlockedNetwork;
  readonly #lift: () => void;

  constructor(network: BlockedNetwork, out: string) {
    this.#network = network;
    this.out = out;
    const policy = ["--egress-policy", "block", "--allowed-endpoints", `${V4}:${ALLOWED}`];
    this.running = start(["record", "--out", out, ...policy, "--", "sleep", "100"]);
    this.pid = this.running.child.pid ?? 0;
    this.#lift = deadMansSwitch(this.pid, BUNDLE);
  }

  async armed(): Promise<void> {
    await until(
      () => this.cgroup !== undefined && readFileSync(join(this.cgroup, "cgroup.procs"), "utf8") !== "",
      "it runs",
      PATIENCE_MS,
    );
  }

  get cgroup(): string | undefined {
    const { own, mount } = findCgroupTree();
    for (const folder of [own, mount.path]) {
      const name = madeBy(this.pid, folder);
      if (name !== undefined) return join(folder, name);
    }
    return undefined;
  }

  get pins(): string {
    return join(PINS, madeBy(this.pid, PINS) ?? "none");
  }

  get sensor(): number {
    return childrenOf(this.pid).find(isSensor) ?? 0;
  }

  /** The process that looks after the enforcement: it stays root, as the cutter does, which has a name of its own. */
  get warden(): number {
    return childrenOf(this.sensor).find((pid) => statSync(`/proc/${pid}`).uid === 0 && isSensor(pid)) ?? 0;
  }

  enforcement(): string[] {
    const lines = readFileSync(this.out, "utf8").split("\n");
    return lines.filter((line) => line.includes('"type":"enforcement"'));
  }

  /** A command that runs a program of Python in its cgroup. */
  #inside(code: string): string[] {
    const command = this.#network.inside("python3", "-c", code);
    return ["-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', this.cgroup ?? "", ...command];
  }

  /** How a connect ends for a process in its cgroup. */
  connect(port: number): string {
    const code = `import errno, socket
try: socket.create_connection(("${V4}", ${port}), 5); print("ok")
except OSError as error: print(errno.errorcode.get(error.errno, "timeout"))`;
    const { stdout, stderr } = spawnSync("/bin/sh", this.#inside(code), { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim();
  }

  /** A connection of a process in its cgroup, which sends what the network counts, once for each line, and says so. */
  connection(port: number): ChildProcess {
    const code = `import socket, sys
s = socket.create_connection(("${V4}", ${port})); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for line in sys.stdin: s.send(b"egress-marker"); print("sent", flush=True)`;
    return spawn("/bin/sh", this.#inside(code), { stdio: ["pipe", "pipe", "inherit"] });
  }

  async end(): Promise<void> {
    this.running.child.kill("SIGKILL");
    await run(["doctor", "--clean"]);
    this.#lift();
  }
}

describe("record: tampering with the enforcement of an egress policy", function () {
  this.timeout(120_000);
  before(prepare);
  const folder = scratch();
  let network: BlockedNetwork;
  let contained: Contained;
  let runs = 0;
  before(async () => {
    network = await BlockedNetwork.open(folder.path, [ALLOWED, DENIED]);
  });
  after(async () => {
    network?.close();
    folder.remove();
  });
  beforeEach(async function () {
    contained = new Contained(network, join(folder.path, `${++runs}.ndjson`));
    await contained.armed();
    assert.deepEqual([contained.connect(ALLOWED), contained.connect(DENIED)], ["ok", "EPERM"]);
  });
  afterEach(async () => {
    await contained.end();
    const counts = await network.counts();
    assert.equal(counts[`tcp4 ${DENIED}`], undefined, "nothing has ever arrived");
  });

  it("by killing the sensor ends the run with 3, and the command with it", async () => {
    process.kill(contained.sensor, "SIGKILL");
    const { code, stderr } = await contained.running.outcome;
    assert.equal(code, 3);
    assert.match(stderr, /the egress policy is no longer enforced, so the command is ended: the sensor was killed/);
    assert.match(contained.enforcement().at(-1) ?? "", /"armed":false/);
    assert.deepEqual([contained.cgroup, existsSync(contained.pins)], [undefined, false], "nothing is left behind");
  });

  it("by killing who looks after it ends the run with 3", async () => {
    process.kill(contained.warden, "SIGKILL");
    const { code, stderr } = await contained.running.outcome;
    assert.equal(code, 3);
    assert.match(stderr, /no longer enforced, so the command is ended: the process that looks after/);
  });

  it("by killing the collector leaves all closed, until it is cleaned up", async () => {
    const { sensor } = contained;
    contained.running.child.kill("SIGKILL");
    await until(() => !existsSync(`/proc/${sensor}`), "the sensor ends with it", PATIENCE_MS);
    assert.deepEqual([contained.connect(ALLOWED), contained.connect(DENIED)], ["EPERM", "EPERM"]);
    // The next start does not open it while something runs there.
    await run(["record", "--out", join(folder.path, `next-${contained.pid}.ndjson`), "--", "true"]);
    assert.deepEqual([contained.connect(ALLOWED), contained.connect(DENIED)], ["EPERM", "EPERM"]);
    const { code, stderr } = await run(["doctor", "--clean"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /removed the enforcement of runglass-/);
    assert.deepEqual([contained.cgroup, existsSync(contained.pins)], [undefined, false]);
  });

  it("by killing all of it at once leaves it closed: by the policy, then for everything", async () => {
    const { pid, sensor, warden } = contained;
    const connection = contained.connection(ALLOWED);
    const marked = async (): Promise<number> => (await network.counts())["marked"] ?? 0;
    const send = async (): Promise<void> => {
      connection.stdin?.write("\n");
      if (connection.stdout) await once(connection.stdout, "data");
    };
    await send();
    assert.equal(await marked(), 1);
    for (const one of [warden, sensor, pid]) process.kill(one, "SIGSTOP");
    for (const one of [warden, sensor, pid]) process.kill(one, "SIGKILL");
    assert.equal(contained.connect(DENIED), "EPERM");
    await until(() => contained.connect(ALLOWED) === "EPERM", "the lease is over", PATIENCE_MS);
    await send();
    assert.equal(await marked(), 1, "a connection from before is closed, too");
    connection.kill();
  });

  it("by detaching a program is seen, and it is attached again", async () => {
    const { status, stderr } = spawnSync("bpftool", [
      "link",
      "detach",
      "pinned",
      join(contained.pins, "guard_connect4"),
    ]);
    assert.equal(status, 0, String(stderr));
    await until(
      () => contained.enforcement().some((line) => line.includes("had detached guard_connect4")),
      "it is said",
      PATIENCE_MS,
    );
    assert.deepEqual([contained.connect(ALLOWED), contained.connect(DENIED)], ["ok", "EPERM"]);
  });

  for (const [what, move] of [
    ["itself", 'echo $$ >"$0/../cgroup.procs"; sleep 0.1'],
    ["another", 'sleep 50 & echo $! >"$0/../cgroup.procs"; wait'],
  ] as const) {
    it(`by moving ${what} out of the cgroup kills who does it, and ends the run`, async () => {
      const after = `${move}; exec python3 -c 'import socket; socket.create_connection(("${V4}", ${DENIED}), 5)'`;
      const shell = ["-c", 'echo $$ >"$0/cgroup.procs" && exec sh -c "$1" "$0"', contained.cgroup ?? "", after];
      const [program = "", ...args] = network.inside("/bin/sh", ...shell);
      const { signal } = spawnSync(program, args);
      assert.equal(signal, "SIGKILL");
      const { code, stderr } = await contained.running.outcome;
      assert.equal(code, 3);
      assert.match(stderr, /no longer enforced, so the command is ended: process \d+ was moved out/);
      assert.match(readFileSync(contained.out, "utf8"), /egress\/left-cgroup/);
    });
  }

  it("by removing the pins is seen, and they are there again", async () => {
    const { pins } = contained;
    // It may be put back while it is removed.
    rmSync(pins, { recursive: true, maxRetries: 20, retryDelay: 5 });
    const isSaid = (): boolean => contained.enforcement().some((line) => line.includes("had unpinned guard_"));
    await until(() => isSaid() && existsSync(join(pins, "guard_connect6")), "they are pinned again", PATIENCE_MS);
    contained.running.child.kill("SIGKILL");
    assert.equal(contained.connect(DENIED), "EPERM");
  });
});
