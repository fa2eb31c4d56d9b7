import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build, finish, runWatched, type Sensor, start, watch } from "./sensor.ts";

/** In memory, so that no disk slows the storms down. */
const withMemory = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync("/dev/shm/runglass-test-");
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const storm = (...args: string[]): string[] => [join(build(), "storm"), ...args];
const told = (sensor: Sensor): number => sensor.of("file").reduce((sum, f) => sum + f.count, 0);
const lost = (sensor: Sensor, ring: string): number =>
  sensor.of("loss").reduce((sum, f) => sum + (f.ring === ring ? f.lost : 0), 0);
const nops = (sensor: Sensor): number => sensor.of("exec").filter((f) => f.argv[1] === "nop").length;

describe("the sensor under load", function () {
  this.timeout(60_000);

  it("loses nothing at full speed", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        await Promise.all([
          runWatched(sensor, cgroup, storm("create", folder, "20000")),
          runWatched(sensor, cgroup, storm("exec", "", "3000")),
        ]);
        assert.equal(told(sensor), 40_000);
        assert.equal(nops(sensor), 3000);
      }).then((bye) => assert.equal(bye.lost, 0)),
    ));

  it("counts exactly what several processes do at once to more files than it remembers", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        const folders = ["a", "b", "c", "d"].map((name) => join(folder, name));
        for (const path of folders) mkdirSync(path);
        await Promise.all(folders.map((path) => runWatched(sensor, cgroup, storm("rewrite", path, "1500", "60"))));
        await sensor.until("all operations", () => told(sensor) === 4 * 1500 * 60);
        for (const path of folders) {
          const own = sensor.of("file").filter((f) => f.path.startsWith(`${path}/`));
          assert.equal(
            own.reduce((sum, f) => sum + f.count, 0),
            1500 * 60,
          );
        }
      }).then((bye) => assert.equal(bye.lost, 0)),
    ));

  it("counts exactly what a full ring loses, and a storm of files costs no process", () =>
    withMemory((folder) =>
      watch(
        async (sensor, cgroup) => {
          sensor.child.kill("SIGSTOP");
          const files = finish(start(storm("create", folder, "20000"), cgroup));
          const processes = finish(start(storm("exec", "", "500"), cgroup));
          const ends = [await files, await processes];
          sensor.child.kill("SIGCONT");
          await sensor.until("the ends of both", () =>
            ends.every((ran) => sensor.of("exit").some((f) => f.pid === ran.pid)),
          );
          await sensor.until("all losses", () => told(sensor) + lost(sensor, "file") === 40_000);
          assert.ok(lost(sensor, "file") > 10_000, `only ${lost(sensor, "file")} lost: the ring was never full`);
          assert.ok(told(sensor) > 1000);
          assert.equal(nops(sensor), 500);
          assert.equal(lost(sensor, "core") + lost(sensor, "output"), 0);
        },
        ["--ring-mb", "1"],
      ).then(() => undefined),
    ));

  it("counts exactly what a reader that does not read loses, files first", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        sensor.child.stdout?.pause();
        const files = finish(start(storm("create", folder, "100000"), cgroup));
        const processes = finish(start(storm("exec", "", "1000"), cgroup));
        const ends = [await files, await processes];
        await sleep(100);
        sensor.child.stdout?.resume();
        await sensor.until(
          "the ends of both",
          () => ends.every((ran) => sensor.of("exit").some((f) => f.pid === ran.pid)),
          20_000,
        );
        await sensor.until("all losses", () => told(sensor) + lost(sensor, "output") === 200_000);
        assert.ok(lost(sensor, "output") > 1000, `only ${lost(sensor, "output")} lost: the queue was never full`);
        assert.equal(nops(sensor), 1000);
        assert.equal(lost(sensor, "core") + lost(sensor, "file"), 0);
      }).then(() => undefined),
    ));

  it("tells what it folds even when it lost the first of it", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        sensor.child.stdout?.pause();
        await finish(start(storm("create", folder, "100000"), cgroup));
        const child = start([join(build(), "files"), "repeat-and-wait", folder, "1000"], cgroup);
        sensor.child.once("close", () => child.kill());
        await once(child.stdout!, "data");
        // The first writes are lost by now; those that follow need not be.
        await sleep(200);
        sensor.child.stdout?.resume();
        await sensor.until("room again", () => told(sensor) + lost(sensor, "output") === 201_001);
        child.stdin?.end("1");
        await finish(child);
        await sensor.until("the other writes", () => told(sensor) + lost(sensor, "output") === 202_001);
        const writes = sensor.of("file").filter((f) => f.op === "write");
        assert.equal(
          writes.reduce((sum, f) => sum + f.count, 0),
          1000,
        );
      }).then(() => undefined),
    ));

  it("keeps the order of what each process does", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        await runWatched(sensor, cgroup, storm("write-each", folder, "1500"));
        const lives = new Map<string, string[]>();
        for (const f of sensor.frames) {
          if (f.pid !== 0 && !f.existing) lives.set(f.process, [...(lives.get(f.process) ?? []), f.type]);
        }
        const touches = [...lives.values()].filter((life) => life.includes("file"));
        assert.equal(touches.length, 1500);
        for (const life of touches) assert.deepEqual(life, ["fork", "exec", "file", "exit"]);
      }).then(() => undefined),
    ));

  it("writes frames in the order of time, but for what happens at the same moment", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        await runWatched(sensor, cgroup, storm("write-each", folder, "1000"));
        const ready = sensor.frames.findIndex((f) => f.type === "ready");
        let latest = 0;
        for (const f of sensor.frames.slice(ready + 1)) {
          assert.ok(f.time > latest - 20_000, `${f.type} is ${latest - f.time} µs late`);
          latest = Math.max(latest, f.time);
        }
      }).then(() => undefined),
    ));

  it("writes an event within milliseconds, awake or asleep", () =>
    withMemory((folder) =>
      watch(async (sensor, cgroup) => {
        const delays: number[] = [];
        sensor.child.stdout?.on("data", () => {
          const now = (performance.timeOrigin + performance.now()) * 1000;
          for (const f of sensor.of("file").slice(delays.length)) delays.push(now - f.time);
        });
        await runWatched(sensor, cgroup, storm("slowly", folder, "100", "10000"));
        await runWatched(sensor, cgroup, storm("slowly", folder, "10", "200000"));
        delays.sort((a, b) => a - b);
        const median = delays[Math.floor(delays.length / 2)] ?? Number.NaN;
        assert.equal(delays.length, 110);
        /* Some 4 ms on a machine at rest. */
        assert.ok(median < 20_000, `median ${median} µs`);
      }).then(() => undefined),
    ));
});
