import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { CAP } from "../../src/sensor/layout.ts";
import type { Frame } from "./decode.ts";
import { build, finish, runWatched, type Sensor, start, watch } from "./sensor.ts";

/** The life of one process: its frames, in their order. */
const life = (sensor: Sensor, pid: number): Frame[] =>
  sensor.frames.filter((f) => f.pid === pid && (f.type === "fork" || f.type === "exec" || f.type === "exit"));
const program = (): string => join(build(), "process");
const bytes = (text: string): string => Buffer.from(text).toString("latin1");
const kinds = (frames: readonly Frame[]): string[] => frames.map((f) => f.type);

describe("the sensor on processes", function () {
  this.timeout(60_000);

  it("tells of a fork and its exit code", () =>
    watch(async (sensor, cgroup) => {
      const { lines, pid } = await runWatched(sensor, cgroup, [program(), "fork"]);
      const frames = life(sensor, Number(lines[0]));
      assert.deepEqual(kinds(frames), ["fork", "exit"]);
      const [fork, exit] = frames;
      assert.ok(fork?.type === "fork" && exit?.type === "exit");
      assert.equal(fork.ppid, pid);
      assert.equal(fork.parent, life(sensor, pid)[0]?.process);
      assert.equal(fork.cgroup, statSync(cgroup).ino);
      assert.deepEqual([exit.code, exit.signal], [7, 0]);
      assert.equal(fork.process, exit.process);
    }).then(() => undefined));

  it("tells what is executed: argv, exe, cwd, parent, user, cgroup and start", () =>
    watch(async (sensor, cgroup) => {
      const child = start([program(), "fork", "two words", "", "ü\n"], cgroup);
      const began = sensor.until("the exec", () => sensor.of("exec").find((f) => f.pid === child.pid && !f.existing));
      const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" ");
      const { pid } = await finish(child);
      const exec = await began;
      assert.deepEqual(exec.argv, [program(), "fork", "two words", "", "ü\n"].map(bytes));
      assert.equal(exec.exe, program());
      assert.equal(exec.cwd, process.cwd());
      assert.equal(exec.ppid, process.pid);
      assert.deepEqual([exec.uid, exec.gid], [0, 0]);
      assert.equal(exec.cgroup, statSync(cgroup).ino);
      assert.equal(exec.truncated, false);
      /* /proc has the same start in hundredths of a second. */
      assert.equal(Math.floor(Number(exec.process.split("/")[1]) / 1e7), Number(stat[21]));
      assert.ok(Math.abs(exec.time / 1000 - Date.now()) < 5000, "the time is the time of day");
      await sensor.until("the exit", () => sensor.of("exit").some((f) => f.pid === pid));
    }).then(() => undefined));

  it("tells the path of a cgroup once, before the first program in it", () =>
    watch(async (sensor, cgroup) => {
      const inner = join(cgroup, "docker-inner.scope");
      mkdirSync(inner);
      const script = `/bin/true; echo $$ >${inner}/cgroup.procs; /bin/true; /bin/true; echo $$ >${cgroup}/cgroup.procs`;
      await runWatched(sensor, cgroup, ["/bin/sh", "-c", script]);
      rmdirSync(inner);
      const told = sensor.frames.filter((f) => f.type === "cgroup");
      const path = `/${basename(cgroup)}`;
      assert.deepEqual(
        told.map((f) => f.path),
        [path, `${path}/docker-inner.scope`],
      );
      for (const { cgroup: id } of told) {
        const first = sensor.frames.find((f) => (f.type === "exec" || f.type === "cgroup") && f.cgroup === id);
        assert.equal(first?.type, "cgroup");
      }
    }).then(() => undefined));

  it("tells the pid that a process has in a PID namespace of its own", () =>
    watch(async (sensor, cgroup) => {
      const script = "unshare --pid --fork /bin/sh -c 'readlink /proc/self/ns/pid; /bin/echo $$ inside; true'";
      const { lines } = await runWatched(sensor, cgroup, ["/bin/sh", "-c", script]);
      const inside = sensor.of("exec").find((f) => f.argv[2] === "inside");
      const namespace = Number(/\d+/.exec(lines[0] ?? "")?.[0]);
      assert.deepEqual([inside?.insidePid, inside?.pidNamespace], [3, namespace]);
      assert.equal(inside?.argv[1], "1");
      const fork = sensor.of("fork").find((f) => f.pid === inside?.pid);
      assert.deepEqual([fork?.insidePid, fork?.pidNamespace], [3, namespace]);
      const outside = sensor.of("exec").find((f) => f.argv[0] === "unshare");
      assert.deepEqual([outside?.insidePid, outside?.pidNamespace], [0, 0]);
    }).then(() => undefined));

  it("names the interpreter of a script, and keeps the script in argv", () =>
    watch(async (sensor, cgroup) => {
      const { pid } = await runWatched(sensor, cgroup, ["/bin/sh", "-c", "exec /usr/bin/ldd --version >/dev/null"]);
      const exec = sensor.of("exec").findLast((f) => f.pid === pid);
      assert.match(exec?.exe ?? "", /bash$/);
      assert.deepEqual(exec?.argv.slice(1), ["/usr/bin/ldd", "--version"]);
    }).then(() => undefined));

  it("takes argv up to its cap, and says that there was more", () =>
    watch(async (sensor, cgroup) => {
      const long = "x".repeat(9000);
      const { pid } = await runWatched(sensor, cgroup, [program(), "nop", long, long, long]);
      const exec = sensor.of("exec").findLast((f) => f.pid === pid);
      assert.equal(exec?.truncated, true);
      assert.equal(exec.argvBytes, CAP.argv);
      assert.deepEqual(exec.argv.slice(0, 3), [program(), "nop", long]);
      assert.ok(long.startsWith(exec.argv[3] ?? "-"));
    }).then(() => undefined));

  it("follows vfork", () =>
    watch(async (sensor, cgroup) => {
      const { lines } = await runWatched(sensor, cgroup, [program(), "vfork"]);
      assert.deepEqual(kinds(life(sensor, Number(lines[0]))), ["fork", "exec", "exit"]);
    }).then(() => undefined));

  it("follows a double fork to the grandchild, whose parent is gone", () =>
    watch(async (sensor, cgroup) => {
      const { lines, pid } = await runWatched(sensor, cgroup, [program(), "double-fork"]);
      const [last, middle] = lines.map(Number);
      await sensor.until("the end of the grandchild", () => sensor.of("exit").some((f) => f.pid === last));
      const frames = life(sensor, last ?? 0);
      assert.deepEqual(kinds(frames), ["fork", "exec", "exit"]);
      assert.equal(frames[0]?.type === "fork" && frames[0].ppid, middle);
      assert.equal(frames[1]?.type === "exec" && frames[1].ppid, 1);
      const middleFork = life(sensor, middle ?? 0)[0];
      assert.equal(middleFork?.type === "fork" && middleFork.ppid, pid);
    }).then(() => undefined));

  for (const signal of [9, 11, 15]) {
    it(`tells that signal ${signal} ended a process`, () =>
      watch(async (sensor, cgroup) => {
        const { lines } = await runWatched(sensor, cgroup, [program(), "signal", String(signal)]);
        const exit = life(sensor, Number(lines[0])).at(-1);
        assert.ok(exit?.type === "exit");
        assert.deepEqual([exit.code, exit.signal], [0, signal]);
      }).then(() => undefined));
  }

  it("keeps the identity of a process in which another thread execs", () =>
    watch(async (sensor, cgroup) => {
      const { lines } = await runWatched(sensor, cgroup, [program(), "thread-exec"]);
      const frames = life(sensor, Number(lines[0]));
      assert.deepEqual(kinds(frames), ["fork", "exec", "exit"]);
      assert.equal(new Set(frames.map((f) => f.process)).size, 1);
    }).then(() => undefined));

  it("ends a process with its last thread, and with the code that wait() gives", () =>
    watch(async (sensor, cgroup) => {
      const { lines } = await runWatched(sensor, cgroup, [program(), "leader-exit"]);
      const frames = life(sensor, Number(lines[0]));
      assert.deepEqual(kinds(frames), ["fork", "exit"]);
      const exit = frames[1];
      assert.ok(exit?.type === "exit" && frames[0]);
      assert.equal(exit.code, 5);
      assert.ok(exit.time - frames[0].time > 40_000);
    }).then(() => undefined));

  it("takes threads for no processes", () =>
    watch(async (sensor, cgroup) => {
      const { lines, pid } = await runWatched(sensor, cgroup, [program(), "threads"]);
      const child = Number(lines[0]);
      assert.deepEqual(kinds(life(sensor, child)), ["fork", "exit"]);
      assert.deepEqual(new Set(sensor.of("fork").map((f) => f.pid)), new Set([child]));
      assert.ok(sensor.of("exit").every((f) => f.pid === child || f.pid === pid));
    }).then(() => undefined));

  it("tells two processes with the same pid apart", () =>
    watch(async (sensor, cgroup) => {
      const { lines } = await runWatched(sensor, cgroup, [program(), "same-pid"]);
      assert.equal(lines[0], lines[1]);
      const frames = life(sensor, Number(lines[0]));
      assert.deepEqual(kinds(frames), ["fork", "exit", "fork", "exit"]);
      assert.equal(frames[0]?.process, frames[1]?.process);
      assert.equal(frames[2]?.process, frames[3]?.process);
      assert.notEqual(frames[0]?.process, frames[2]?.process);
      assert.deepEqual(
        frames.filter((f) => f.type === "exit").map((f) => f.code),
        [1, 2],
      );
    }).then(() => undefined));
});
