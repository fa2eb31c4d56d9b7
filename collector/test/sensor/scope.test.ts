import assert from "node:assert/strict";
import { mkdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import {
  build,
  finish,
  makeCgroup,
  move,
  removeCgroup,
  runWatched,
  Sensor,
  start,
  watch,
  withFolder,
} from "./sensor.ts";

const workload = (name: string): string => join(build(), name);

/** Runs a sensor with `args` until `body` is through. */
const withSensor = async (args: readonly string[], body: (sensor: Sensor) => Promise<void>): Promise<void> => {
  build();
  const sensor = new Sensor(args);
  try {
    await sensor.ready();
    await body(sensor);
    await sensor.stop();
  } finally {
    sensor.child.kill("SIGKILL");
  }
};

describe("what the sensor watches", function () {
  this.timeout(60_000);

  it("is not what happens outside of the cgroup", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const outside = await finish(start([workload("files"), "opens", folder]));
        const inside = await runWatched(sensor, cgroup, [workload("process"), "nop"]);
        assert.ok(!sensor.frames.some((f) => f.pid === outside.pid));
        assert.ok(sensor.frames.some((f) => f.pid === inside.pid));
      }).then((bye) => assert.ok(bye.filtered > 10, "what was passed over is counted")),
    ));

  it("is what runs in cgroups below, and says in which", () =>
    watch(async (sensor, cgroup) => {
      const below = makeCgroup(cgroup);
      const { pid } = await runWatched(sensor, below, [workload("process"), "nop"]);
      assert.ok(sensor.of("exec").some((f) => f.pid === pid));
      await removeCgroup(below);
    }).then(() => undefined));

  it("is what was started in the cgroup, wherever it has gone", () =>
    withFolder(async (folder) => {
      const elsewhere = makeCgroup();
      await watch(async (sensor, cgroup) => {
        const command = 'echo $$ >"$0/cgroup.procs"; exec 3>"$1/escaped"; "$2" fork; : >"$1/later"';
        const { pid, lines } = await runWatched(sensor, cgroup, [
          "/bin/sh",
          "-c",
          command,
          elsewhere,
          folder,
          workload("process"),
        ]);
        const paths = sensor
          .of("file")
          .filter((f) => f.pid === pid)
          .map((f) => f.path);
        assert.deepEqual(paths, [join(folder, "escaped"), join(folder, "later")]);
        const grandchild = Number(lines[0]);
        assert.ok(
          sensor.of("fork").some((f) => f.pid === grandchild),
          "what the escaped one starts is watched too",
        );
        assert.equal(sensor.of("exit").find((f) => f.pid === grandchild)?.code, 7);
      });
      await removeCgroup(elsewhere);
    }));

  it("is what was in the cgroup before, and it is introduced", () =>
    withFolder(async (folder) => {
      build();
      const cgroup = makeCgroup();
      const command = ["/bin/sh", "-c", 'cd "$0"; echo; read line; : >after', folder];
      const child = start(command, cgroup);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      await withSensor(["--cgroup", cgroup], async (sensor) => {
        const known = sensor.of("exec").filter((f) => f.existing);
        assert.deepEqual(
          known.map((f) => [f.pid, f.exe, f.cwd, f.argv]),
          [[child.pid, readlinkSync("/bin/sh") === "" ? "" : readlinkSync(`/proc/${child.pid}/exe`), folder, command]],
        );
        assert.equal(known[0]?.ppid, process.pid);
        const ready = sensor.frames.findIndex((f) => f.type === "ready");
        assert.ok(sensor.frames.indexOf(known[0]!) < ready, "before READY");
        child.stdin?.end("\n");
        await finish(child);
        await sensor.until("its exit", () => sensor.of("exit").some((f) => f.pid === child.pid));
        assert.deepEqual(
          sensor.of("file").map((f) => [f.process, f.path]),
          [[known[0]?.process, join(folder, "after")]],
        );
      });
      await removeCgroup(cgroup);
    }));

  it("is what is moved into the cgroup, from then on, and it is introduced", () =>
    withFolder((folder) =>
      watch(async (sensor, cgroup) => {
        const command = ["/bin/sh", "-c", 'cd "$0"; : >before; echo; read line; : >after', folder];
        const child = start(command);
        await new Promise((resolve) => child.stdout?.once("data", resolve));
        move(child.pid ?? 0, cgroup);
        const known = await sensor.until("its introduction", () => sensor.of("exec").find((f) => f.pid === child.pid));
        assert.equal(known.existing, true);
        assert.deepEqual(known.argv, command);
        assert.equal(known.cwd, folder);
        child.stdin?.end("\n");
        await finish(child);
        await sensor.until("its exit", () => sensor.of("exit").some((f) => f.pid === child.pid));
        assert.deepEqual(
          sensor.of("file").map((f) => f.path),
          [join(folder, "after")],
        );
      }).then(() => undefined),
    ));

  it("is the whole machine with --all, with what runs already, but not itself", () =>
    withFolder((folder) =>
      withSensor(["--all"], async (sensor) => {
        const known = sensor.of("exec").filter((f) => f.existing);
        const self = known.find((f) => f.pid === process.pid);
        assert.ok(self);
        assert.ok(self.exe.endsWith("/node"));
        assert.equal(self.ppid, process.ppid);
        assert.ok(
          known.some((f) => f.pid === process.ppid && f.process === self.parent),
          "its parent is known too",
        );
        const ran = await finish(start([workload("files"), "repeat", folder, "3"]));
        await sensor.until("its exit", () => sensor.of("exit").some((f) => f.pid === ran.pid));
        const writes = sensor.of("file").filter((f) => f.pid === ran.pid);
        assert.equal(
          writes.reduce((sum, f) => sum + f.count, 0),
          4,
        );
        assert.ok(!sensor.frames.some((f) => f.pid === sensor.child.pid));
      }),
    ));

  it("leaves out what is excluded and what it has started or starts, unless it is in the cgroup", () =>
    withFolder(async (folder) => {
      build();
      const cgroup = makeCgroup();
      /* A child from before, and children from after; one of them goes into the cgroup. */
      const script =
        'sleep 60 >&2 & child=$!; echo $child; read line; : >"$0/out"; "$1" nop; ' +
        'sh -c \'echo $$ >"$1/cgroup.procs"; exec "$0" fork\' "$@"; kill $child';
      const excluded = start(["/bin/sh", "-c", script, folder, workload("process"), cgroup]);
      const before = await new Promise<string>((resolve) =>
        excluded.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())),
      );
      const args = ["--all", "--cgroup", cgroup, "--exclude", String(excluded.pid)];
      await withSensor(args, async (sensor) => {
        excluded.stdin?.end("\n");
        const { pid } = await finish(excluded);
        const inside = await sensor.until("the one in the cgroup", () =>
          sensor
            .of("exit")
            .find((f) => f.code === 0 && sensor.of("exec").some((e) => e.pid === f.pid && e.argv[1] === "fork")),
        );
        const frames = sensor.frames.filter((f) => f.pid !== inside.pid);
        assert.ok(!frames.some((f) => f.pid === pid), "not itself");
        assert.ok(!frames.some((f) => f.pid === Number(before)), "not its child from before");
        /* By its path: others on this machine may run such programs, too. */
        const program = workload("process");
        assert.ok(!frames.some((f) => f.type === "exec" && f.argv[0] === program), "not its child from after");
        assert.ok(!frames.some((f) => f.type === "file" && f.path === join(folder, "out")));
      });
      await removeCgroup(cgroup);
    }));

  it("can be said by a path with blanks and ..", () =>
    watch(async (_sensor, cgroup) => {
      const odd = join(cgroup, "with blank");
      mkdirSync(odd);
      await withSensor(["--cgroup", `${cgroup}/../${cgroup.split("/").at(-1)}/with blank`], async (sensor) => {
        const { pid } = await runWatched(sensor, odd, [workload("process"), "nop"]);
        assert.ok(sensor.of("exec").some((f) => f.pid === pid));
      });
      await removeCgroup(odd);
    }).then(() => undefined));
});
