// Runs the sensor binary, and workloads that it watches, for the tests in this folder.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decode, type Frame, type FrameOf } from "./decode.ts";

const root = join(import.meta.dirname, "../../..");

/** The sensor, built anew when its sources have changed. */
export const sensorBinary = join(root, "dist/runglass-sensor");

const needRoot = (): void => {
  if (process.getuid?.() !== 0) throw new Error("these tests attach eBPF programs: run them as root");
};

let built: string | undefined;

/** Builds the sensor and the workloads once; returns the folder of the workloads. */
export const build = (): string => {
  needRoot();
  if (built !== undefined) return built;
  execFileSync("make", ["-s", "-C", join(root, "collector/sensor"), "OUT=../../dist"], { stdio: "pipe" });
  const folder = mkdtempSync(join(tmpdir(), "runglass-workloads-"));
  for (const name of [
    "process",
    "worker",
    "network",
    "files",
    "calls",
    "evasion",
    "storm",
    "hangingFile",
    "egress",
    "names",
    "links",
    "turns",
    "detach",
  ]) {
    const source = join(import.meta.dirname, "workloads", `${name}.c`);
    execFileSync("cc", ["-O2", "-Wall", "-Werror", "-pthread", "-static", "-o", join(folder, name), source]);
  }
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  built = folder;
  return folder;
};

const cgroupRoot = (): string => {
  const line = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .find((text) => text.includes(" - cgroup2 "));
  const path = line?.split(" ")[4];
  if (path === undefined) throw new Error("no cgroup v2 tree is mounted: mount -t cgroup2 none /sys/fs/cgroup/unified");
  return path;
};

let cgroups = 0;

/** A new cgroup, or one below `parent`. */
export const makeCgroup = (parent = cgroupRoot()): string => {
  const path = join(parent, `runglass-test-${process.pid}-${++cgroups}`);
  mkdirSync(path);
  return path;
};

/** Removes a cgroup once its processes are gone. */
export const removeCgroup = async (path: string): Promise<void> => {
  for (let i = 0; i < 100; i++) {
    try {
      rmdirSync(path);
      return;
    } catch {
      await sleep(20);
    }
  }
  rmdirSync(path);
};

/** What a workload printed, and how it ended. */
export interface Ran {
  readonly pid: number;
  readonly lines: string[];
  readonly code: number | null;
}

/** Starts a program outside of any watched cgroup, or in `cgroup`: a shell moves itself there and becomes the program. */
export const start = (command: readonly string[], cgroup?: string): ChildProcess => {
  const shell = ["-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', cgroup ?? "", ...command];
  const [program = "", ...rest] = command;
  return cgroup === undefined
    ? spawn(program, rest, { stdio: ["pipe", "pipe", "inherit"] })
    : spawn("/bin/sh", shell, { stdio: ["pipe", "pipe", "inherit"] });
};

/** Waits for the end of a program; `code` must be 0 unless told otherwise. */
export const finish = async (child: ChildProcess, code: number | null = 0): Promise<Ran> => {
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [ended] = (await once(child, "close")) as [number | null];
  if (code !== null) assert.equal(ended, code, `the workload ended with ${ended}`);
  return { pid: child.pid ?? 0, lines: output.split("\n").filter((line) => line !== ""), code: ended };
};

/** A sensor that runs, and the frames it has written so far. */
export class Sensor {
  readonly frames: Frame[] = [];
  readonly child: ChildProcess;
  stderr = "";
  #rest = Buffer.alloc(0);
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[]) {
    this.child = spawn(sensorBinary, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      const { frames, length } = decode(this.#rest);
      this.#rest = this.#rest.subarray(length);
      for (const frame of frames) this.frames.push(frame);
    });
    this.child.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#closed = once(this.child, "close");
  }

  /** Frames of one type. */
  of<T extends Frame["type"]>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  /** Waits until `test` gives something. */
  async until<T>(what: string, test: () => T | undefined | false, timeoutMs = 20_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const result = test();
      if (result !== undefined && result !== false) return result;
      if (this.child.exitCode !== null) throw new Error(`the sensor ended before ${what}: ${this.stderr}`);
      if (Date.now() > deadline) throw new Error(`waited in vain for ${what}; ${this.stderr}`);
      await sleep(2);
    }
  }

  ready(): Promise<unknown> {
    return this.until("READY", () => this.of("ready").length > 0);
  }

  /** Ends it by closing its stdin, and checks what must hold of every run: all frames whole, BYE last, counts that add up. */
  async stop(): Promise<FrameOf<"bye">> {
    this.child.stdin?.end();
    await this.#closed;
    assert.equal(this.child.exitCode, 0, this.stderr);
    assert.equal(this.stderr, "");
    assert.equal(this.#rest.length, 0, "the last frame is not whole");
    const bye = this.frames.at(-1);
    assert.ok(bye?.type === "bye", "BYE is the last frame");
    const told = this.frames.filter(
      (f) => !["hello", "coverage", "ready", "loss", "bye"].includes(f.type) && !f.existing,
    );
    const events = told.reduce((sum, f) => sum + (f.type === "file" ? f.count : 1), 0);
    const moved = this.frames.filter(
      (f) => f.type === "exec" && f.existing && f.time > this.of("ready")[0]!.time,
    ).length;
    const lost = this.of("loss").reduce((sum, f) => sum + f.lost, 0);
    assert.equal(lost, bye.lost, "what LOSS frames say is what BYE says");
    assert.equal(events + moved + lost, bye.seen, "seen = told + lost");
    return bye;
  }
}

/** Starts a sensor on a cgroup of its own, lets `body` run workloads there, and ends both. */
export const watch = async (
  body: (sensor: Sensor, cgroup: string) => Promise<void>,
  args: readonly string[] = [],
): Promise<FrameOf<"bye">> => {
  build();
  const cgroup = makeCgroup();
  const sensor = new Sensor(["--cgroup", cgroup, ...args]);
  try {
    await sensor.ready();
    await body(sensor, cgroup);
    return await sensor.stop();
  } finally {
    sensor.child.kill("SIGKILL");
    await removeCgroup(cgroup);
  }
};

/** Runs one workload in the cgroup, and waits until the sensor has told its end. */
export const runWatched = async (
  sensor: Sensor,
  cgroup: string,
  command: readonly string[],
  code = 0,
): Promise<Ran> => {
  const ran = await finish(start(command, cgroup), code);
  await sensor.until(`the exit of ${command.join(" ")}`, () => sensor.of("exit").some((exit) => exit.pid === ran.pid));
  return ran;
};

/** A folder for files of a test below `parent`, removed at its end. */
export const withFolder = async (body: (folder: string) => Promise<void>, parent = tmpdir()): Promise<void> => {
  const folder = mkdtempSync(join(parent, "runglass-test-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Moves a process into a cgroup. */
export const move = (pid: number, cgroup: string): void => writeFileSync(join(cgroup, "cgroup.procs"), String(pid));
