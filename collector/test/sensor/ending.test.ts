import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RG_ABI } from "../../src/sensor/layout.ts";
import { build, finish, makeCgroup, removeCgroup, runWatched, Sensor, sensorBinary, start, watch } from "./sensor.ts";

/** Runs the sensor to its end; stdin is at its end at once. */
const attempt = (
  args: readonly string[],
  wrapper: readonly string[] = [],
): { code: number | null; lines: string[] } => {
  build();
  const [program = sensorBinary, ...rest] = [...wrapper, sensorBinary, ...args];
  const result = spawnSync(program, rest, { encoding: "utf8", timeout: 20_000, input: "" });
  return { code: result.status, lines: result.stderr.split("\n").filter((line) => line !== "") };
};

describe("the sensor's command line", function () {
  this.timeout(60_000);

  const wrong: readonly (readonly [string[], RegExp])[] = [
    [[], /say what to watch: --cgroup PATH or --all/],
    [["--al"], /unknown option "--al"; see --help/],
    [["--cgroup"], /--cgroup needs a folder/],
    [["--all", "--exclude", "x1"], /--exclude takes a number .*"x1"/],
    [["--all", "--exclude", "-5"], /--exclude takes a number/],
    [["--all", "--ring-mb", "3"], /power of two, not 3/],
    [["--all", "--ring-mb", "9999999999999999999999"], /takes a number from 1 to 512/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses "${args.join(" ")}" with one message and code 2`, () => {
      const { code, lines } = attempt(args);
      assert.equal(code, 2);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", /^runglass-sensor: /);
      assert.match(lines[0] ?? "", message);
    });
  }

  it("explains itself", () => {
    build();
    assert.match(execFileSync(sensorBinary, ["--help"], { encoding: "utf8" }), /usage: runglass-sensor/);
  });

  const impossible: readonly (readonly [string, string[], string[], RegExp])[] = [
    ["a cgroup that is not there", ["--cgroup", "/sys/fs/cgroup/none"], [], /cgroup \/sys\/fs\/cgroup\/none: No such/],
    ["a folder that is no cgroup", ["--cgroup", "/tmp"], [], /\/tmp is not a folder of a cgroup v2 tree/],
    ["no root", ["--all"], ["setpriv", "--reuid", "65534", "--clear-groups"], /must start as root .*sudo/],
    ["root without capabilities", ["--all"], ["setpriv", "--bounding-set", "-all"], /needs? .*CAP_BPF/],
    [
      "a kernel without type information",
      ["--all"],
      ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /sys/kernel/btf && exec "$0" "$@"'],
      /no type information .*CONFIG_DEBUG_INFO_BTF/,
    ],
    [
      "no cgroup v2 tree",
      ["--all"],
      [
        "unshare",
        "-m",
        "sh",
        "-c",
        'grep " cgroup2 " /proc/mounts | cut -d" " -f2 | xargs -n1 umount && exec "$0" "$@"',
      ],
      /net\.connect4.*no cgroup v2 tree is mounted/,
    ],
    ["a PID namespace of its own", ["--all"], ["unshare", "-pf", "--mount-proc"], /docker run --pid=host/],
  ];
  for (const [name, args, wrapper, message] of impossible) {
    it(`says what to do about ${name}, and ends with code 3`, () => {
      const { code, lines } = attempt(args, wrapper);
      assert.deepEqual([code, lines.length], [3, 1], lines.join("\n"));
      assert.match(lines[0] ?? "", message);
    });
  }

  it("checks what this machine allows", () => {
    build();
    const output = execFileSync(sensorBinary, ["--check"], { encoding: "utf8" });
    const rows = output
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.split("\t"));
    assert.ok(rows.every((row) => row.length === 3 && ["on", "off", "unsupported"].includes(row[1] ?? "")));
    const on = new Set(rows.filter((row) => row[1] === "on").map((row) => row[0]));
    for (const hook of ["process.exec", "net.tcp", "net.connect6", "file.calls"]) assert.ok(on.has(hook), hook);
    /* What is not on has a reason. */
    assert.ok(rows.every((row) => row[1] === "on" || row[2] !== ""));
  });
});

describe("the sensor's life", function () {
  this.timeout(60_000);

  it("begins with HELLO and its coverage, and holds no privilege from READY on", () =>
    watch(async (sensor) => {
      assert.deepEqual(sensor.frames[0]?.type === "hello" && sensor.frames[0].abi, RG_ABI);
      const ready = sensor.frames.findIndex((f) => f.type === "ready");
      assert.ok(sensor.frames.slice(1, ready).every((f) => f.type === "coverage"));
      assert.ok(sensor.of("coverage").some((f) => f.hook === "process.exec" && f.state === "on"));
      const status = readFileSync(`/proc/${sensor.child.pid}/status`, "utf8");
      const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(status)?.[1] ?? "";
      assert.equal(field("Uid"), "65534\t65534\t65534\t65534");
      assert.equal(field("Gid"), "65534\t65534\t65534\t65534");
      assert.equal(field("Groups").trim(), "");
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        assert.equal(field(set), "0".repeat(16), set);
      assert.equal(field("NoNewPrivs"), "1");
      assert.equal(field("Seccomp"), "2");
    }).then(() => undefined));

  it("ends at SIGTERM as at the end of its input: with all that happened, and BYE", async () => {
    build();
    const cgroup = makeCgroup();
    const sensor = new Sensor(["--cgroup", cgroup]);
    await sensor.ready();
    const { pid } = await finish(start([join(build(), "process"), "fork"], cgroup));
    sensor.child.kill("SIGTERM");
    await sensor.stop();
    assert.ok(
      sensor.of("exit").some((f) => f.pid === pid),
      "the last events are told",
    );
    await removeCgroup(cgroup);
  });

  it("does not mind SIGINT, which goes to a whole foreground group", () =>
    watch(async (sensor, cgroup) => {
      sensor.child.kill("SIGINT");
      await sleep(50);
      await runWatched(sensor, cgroup, [join(build(), "process"), "nop"]);
    }).then(() => undefined));

  it("ends when its reader is gone, and says so", async () => {
    build();
    const cgroup = makeCgroup();
    const sensor = new Sensor(["--cgroup", cgroup]);
    await sensor.ready();
    sensor.child.stdout?.destroy();
    await sleep(50);
    const ended = once(sensor.child, "exit");
    await finish(start([join(build(), "process"), "fork"], cgroup));
    await ended;
    assert.equal(sensor.child.exitCode, 3);
    assert.match(sensor.stderr, /^runglass-sensor: the reader of the frames is gone.*\n$/);
    await removeCgroup(cgroup);
  });

  it("works without a stdin to wait for", async () => {
    build();
    const cgroup = makeCgroup();
    const child = spawn(sensorBinary, ["--cgroup", cgroup], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    await sleep(200);
    assert.equal(child.exitCode, null);
    child.kill("SIGTERM");
    await once(child, "exit");
    assert.equal(child.exitCode, 0);
    await removeCgroup(cgroup);
  });

  it("says when somebody takes its programs off their hooks, tells the rest, and ends with code 3", async () => {
    build();
    const cgroup = makeCgroup();
    const sensor = new Sensor(["--cgroup", cgroup]);
    try {
      await sensor.ready();
      const { lines } = await finish(start([join(build(), "detach"), String(sensor.child.pid)]));
      const off = () => sensor.of("coverage").filter((f) => f.state === "off" && f.reason.startsWith("somebody has"));
      await sensor.until("what it says of them", () => off().length === Number(lines[0]));
      assert.ok(off().some((f) => f.hook === "net.connect4"));
      await runWatched(sensor, cgroup, [join(build(), "process"), "fork"]);
      sensor.child.stdin?.end();
      await once(sensor.child, "close");
      assert.equal(sensor.child.exitCode, 3);
      assert.equal(sensor.frames.at(-1)?.type, "bye");
      assert.match(sensor.stderr, /net\.connect4: somebody has taken the program off this hook/);
    } finally {
      sensor.child.kill("SIGKILL");
      await removeCgroup(cgroup);
    }
  });

  it("can run beside another sensor", () =>
    watch(async (first, cgroup) => {
      const second = new Sensor(["--cgroup", cgroup]);
      await second.ready();
      const { pid } = await runWatched(first, cgroup, [join(build(), "process"), "fork"]);
      await second.until("the exit", () => second.of("exit").some((f) => f.pid === pid));
      await second.stop();
      const kinds = (sensor: Sensor): string[] => sensor.frames.filter((f) => f.pid === pid).map((f) => f.type);
      assert.deepEqual(kinds(second), kinds(first));
    }).then(() => undefined));
});
