import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildGo, CLIENT } from "../go/build.ts";
import { build, finish, makeCgroup, removeCgroup, runWatched, Sensor, start, watch, withFolder } from "./sensor.ts";

const LIBSSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3";
const PYTHON = "/usr/bin/python3";

/** Maps files as code, as the dynamic loader does, whatever is in them; with "hold" keeps them until its input ends. */
const MAP = `
import mmap, sys
maps = []
for path in sys.argv[2:]:
    with open(path, "rb") as f: maps.append(mmap.mmap(f.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_EXEC))
if sys.argv[1] == "hold": sys.stdin.read()`;

const childOf = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
/** Its child is the worker, whose child is the reader. */
const attacherOf = (sensor: Sensor): number => childOf(sensor.child.pid);

/** What was said of a file. */
const saidOf = (sensor: Sensor, target: string): string[] =>
  sensor
    .of("coverage")
    .filter((f) => f.hook === "tls" && f.target === target)
    .map(({ state }) => state);

/** Runs a process in the cgroup that has the files mapped until all of `told` were said something of. */
const hold = async (sensor: Sensor, cgroup: string, files: readonly string[], told = files): Promise<void> => {
  const child = start([PYTHON, "-c", MAP, "hold", ...files], cgroup);
  await sensor.until("the libraries", () => told.every((file) => saidOf(sensor, file).length > 0));
  child.stdin?.end();
  await finish(child);
};

/** The files below the folder that a process has open, sorted. */
const heldBy = (pid: number, folder: string): string[] =>
  readdirSync(`/proc/${pid}/fd`)
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    })
    .filter((path) => path.startsWith(folder))
    .toSorted();

const isGone = (pid: number): boolean => !existsSync(`/proc/${pid}`);

describe("the sensor and TLS libraries", function () {
  this.timeout(60_000);

  it("attaches to the machine's own before anything runs", () =>
    watch(async (sensor) => {
      const ready = sensor.frames.findIndex((f) => f.type === "ready");
      const told = sensor.frames.findIndex((f) => f.type === "coverage" && f.target.includes("/libssl.so."));
      assert.ok(told >= 0 && told < ready);
      assert.equal(sensor.of("coverage").find(({ target }) => target.includes("/libssl.so."))?.state, "on");
    }).then(() => undefined));

  it("attaches to private copies under other names, and to programs that have one inside, once each", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const [one, two] = [join(folder, "libone.so"), join(folder, "two")];
        for (const copy of [one, two]) copyFileSync(LIBSSL, copy);
        for (let i = 0; i < 2; i++) await hold(sensor, cgroup, [one, two]);
        const node = start([process.execPath, "-e", "process.stdin.resume()"], cgroup);
        await sensor.until("node", () => saidOf(sensor, process.execPath).length > 0);
        node.stdin?.end();
        await finish(node);
        for (const file of [one, two, process.execPath]) assert.deepEqual(saidOf(sensor, file), ["on"]);
      }).then(() => undefined),
    ));

  it("does not attach to what others run", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const [others, own] = [join(folder, "others.so"), join(folder, "own.so")];
        for (const copy of [others, own]) copyFileSync(LIBSSL, copy);
        await finish(start([PYTHON, "-c", MAP, "", others]));
        await hold(sensor, cgroup, [own]);
        assert.deepEqual(saidOf(sensor, others), []);
      }).then(() => undefined),
    ));

  it("finds one again whose first user was gone before it could be looked at", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const copies = Array.from({ length: 20 }, (_, i) => join(folder, `copy${i}.so`));
        for (const copy of copies) copyFileSync(LIBSSL, copy);
        await runWatched(sensor, cgroup, [PYTHON, "-c", MAP, "", ...copies]);
        await hold(sensor, cgroup, copies);
        for (const copy of copies) assert.deepEqual(saidOf(sensor, copy), ["on"]);
      }).then(() => undefined),
    ));

  it("goes on after files that were made to mislead it", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const library = readFileSync(LIBSSL);
        const files = ["short", "cut", "garbled", "hollow", "good"].map((name) => join(folder, name));
        const [short, cut, garbled, hollow, good] = files as [string, string, string, string, string];
        writeFileSync(short, library.subarray(0, 100));
        writeFileSync(cut, library.subarray(0, 200_000));
        writeFileSync(garbled, Buffer.concat([library.subarray(0, 64), Buffer.alloc(library.length - 64, 0xff)]));
        // Its tables are all beyond its end, in a hole.
        writeFileSync(hollow, library.subarray(0, 4_096));
        truncateSync(hollow, 1 << 30);
        writeFileSync(good, library);
        await hold(sensor, cgroup, files, [good]);
        assert.deepEqual(saidOf(sensor, good), ["on"]);
        for (const file of [short, cut, garbled, hollow]) assert.deepEqual(saidOf(sensor, file), []);
      }).then(() => undefined),
    ));

  it("does not hold on to programs that were removed once they have run", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const program = buildGo(join(folder, "program"), CLIENT);
        const kept = buildGo(join(folder, "kept"), CLIENT);
        const removed = Array.from({ length: 20 }, (_, i) => join(folder, `removed${i}`));
        await hold(sensor, cgroup, [kept]);
        for (const copy of removed) {
          copyFileSync(program, copy);
          await hold(sensor, cgroup, [copy]);
          rmSync(copy);
        }
        await hold(sensor, cgroup, [program]);
        // The newest are kept, as they may still run.
        const newest = removed.slice(-8).map((path) => `${path} (deleted)`);
        const expected = [kept, program, ...newest].toSorted().join();
        await sensor.until(
          "the others to be let go",
          () => heldBy(childOf(attacherOf(sensor)), folder).join() === expected,
        );
        for (const copy of removed) assert.deepEqual(saidOf(sensor, copy), ["on"]);
      }).then(() => undefined),
    ));

  it("goes on after the one that reads the files has ended", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const [one, two] = ["one.so", "two.so"].map((name) => join(folder, name)) as [string, string];
        for (const copy of [one, two]) copyFileSync(LIBSSL, copy);
        await hold(sensor, cgroup, [one]);
        const reader = childOf(childOf(attacherOf(sensor)));
        assert.ok(reader > 0);
        process.kill(reader, "SIGKILL");
        await hold(sensor, cgroup, [two]);
        assert.deepEqual(
          [one, two].map((file) => saidOf(sensor, file)),
          [["on"], ["on"]],
        );
      }).then(() => undefined),
    ));

  it("goes on after a file that lets it wait for ever, and says so", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const [before, after] = ["before.so", "after.so"].map((name) => join(folder, name)) as [string, string];
        for (const copy of [before, after]) copyFileSync(LIBSSL, copy);
        await hold(sensor, cgroup, [before]);
        const hanging = start([join(build(), "hangingFile"), folder], cgroup);
        const off = await sensor.until("the coverage", () =>
          sensor.of("coverage").find(({ target }) => target.endsWith("/hanging.so")),
        );
        assert.equal(off.state, "off");
        assert.match(off.reason, /lets us wait/);
        await hold(sensor, cgroup, [after]);
        assert.deepEqual(
          [before, after].map((file) => saidOf(sensor, file)),
          [["on"], ["on"]],
        );
        hanging.stdin?.end();
        await finish(hanging);
      }).then(() => undefined),
    ));

  it("looks again at one that was written to, whatever time it bears", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const copy = join(folder, "copy.so");
        const time = new Date(1_000_000_000_000);
        copyFileSync(LIBSSL, copy);
        utimesSync(copy, time, time);
        await hold(sensor, cgroup, [copy]);
        appendFileSync(copy, "more");
        utimesSync(copy, time, time);
        const child = start([PYTHON, "-c", MAP, "hold", copy], cgroup);
        await sensor.until("the second look", () => saidOf(sensor, copy).length === 2);
        child.stdin?.end();
        await finish(child);
      }).then(() => undefined),
    ));

  it("says where more is loaded at a time than it is told of", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const files = Array.from({ length: 1_500 }, (_, i) => join(folder, `file${i}`));
        for (const file of files) writeFileSync(file, "x".repeat(64));
        const worker = childOf(attacherOf(sensor));
        process.kill(worker, "SIGSTOP");
        try {
          await runWatched(sensor, cgroup, [PYTHON, "-c", MAP, "", ...files]);
          const said = await sensor.until("the coverage", () =>
            sensor.of("coverage").find(({ hook }) => hook === "tls.images"),
          );
          assert.match(said.reason, /faster than .* \(so far \d+\)/);
        } finally {
          process.kill(worker, "SIGCONT");
        }
      }).then(() => undefined),
    ));

  it("does that in a process with few privileges", () =>
    watch(async (sensor) => {
      const status = readFileSync(`/proc/${attacherOf(sensor)}/status`, "utf8");
      const field = (name: string): string | undefined => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
      // BPF, PERFMON, CHECKPOINT_RESTORE, SYS_PTRACE, DAC_READ_SEARCH.
      const kept = [39, 38, 40, 19, 2].reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);
      assert.equal(BigInt(`0x${field("CapEff")}`), kept);
      assert.equal(BigInt(`0x${field("CapBnd")}`), 0n);
      assert.deepEqual([field("NoNewPrivs"), field("Seccomp"), field("Uid")?.split("\t")[0]], ["1", "2", "65534"]);
    }).then(() => undefined));

  it("ends it with itself, also when it is killed", async () => {
    for (const end of [(sensor: Sensor) => sensor.stop(), async (sensor: Sensor) => sensor.child.kill("SIGKILL")]) {
      build();
      const cgroup = makeCgroup();
      const sensor = new Sensor(["--cgroup", cgroup]);
      await sensor.ready();
      const pid = attacherOf(sensor);
      assert.ok(!isGone(pid));
      await end(sensor);
      for (const limit = Date.now() + 10_000; !isGone(pid); await sleep(10))
        assert.ok(Date.now() < limit, "the attacher outlives the sensor");
      await removeCgroup(cgroup);
    }
  });

  it("goes on without it, and says so", () =>
    watch(async (sensor, cgroup) => {
      process.kill(attacherOf(sensor), "SIGKILL");
      const off = await sensor.until("the coverage", () =>
        sensor.of("coverage").find(({ hook, state }) => hook === "tls" && state === "off"),
      );
      assert.match(off.reason, /has ended/);
      await runWatched(sensor, cgroup, [PYTHON, "-c", "0"]);
    }).then(() => undefined));
});
