// Boots a kernel in a machine without a disk (qemu's emulation: no /dev/kvm is needed), in which the sensor and its workloads
// run; gives what that machine said and the frames of the sensor.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { defaultRules } from "../../policy/defaults.ts";
import { kernelPolicy } from "../../policy/kernelPolicy.ts";
import { parseRunglass } from "../../policy/runglass.ts";
import { decode, type Frame } from "../sensor/decode.ts";
import { build, sensorBinary } from "../sensor/sensor.ts";
import type { Case } from "./cases.ts";
import type { Kernel } from "./packages.ts";

/** The kind of machine that is emulated. */
export interface GuestMachine {
  readonly emulator: string;
  readonly options: readonly string[];
  /** Its first serial port, for what it says. */
  readonly console: string;
  /** A second one, for the frames, which the emulator writes to a file. */
  readonly port: (path: string) => readonly string[];
  readonly portName: string;
  /** How many times longer than a PC it may take. */
  readonly slowness: number;
}

export const PC: GuestMachine = {
  emulator: "qemu-system-x86_64",
  options: ["-m", "768"],
  console: "ttyS0",
  port: (path) => ["-serial", `file:${path}`],
  portName: "ttyS1",
  slowness: 1,
};
/** An emulated kernel crashes now and then before its first program; a machine that has come so far is not tried again. */
const TRIES = 3;
/** A guest takes half a minute on an idle machine; these are for one that is busy with other things. */
const BOOT_MS = 150_000;
const MOST_MS = 270_000;

/** Those of `collector/test/sensor/workloads` that the cases use. */
export const WORKLOADS = ["process", "network", "files", "evasion", "names", "turns"];

export interface GuestRun {
  /** Of each case, by its number: pid, exit code, and what it printed, by words. */
  readonly ran: ReadonlyMap<number, { readonly pid: number; readonly code: number; readonly lines: readonly string[] }>;
  readonly frames: readonly Frame[];
  /** What `--check` printed. */
  readonly check: readonly string[];
  readonly sensorCode: number;
  /** How the attempts of `names try` ended under a policy that is enforced: an errno each. */
  readonly contained: readonly string[];
  /** All that came over the serial line. */
  readonly text: string;
}

const commandPath = (name: string): string => {
  const { stdout } = spawnSync("sh", ["-c", `command -v "$0"`, name], { encoding: "utf8" });
  assert.notEqual(stdout.trim(), "", `${name} is missing; npm test installs what it needs`);
  return realpathSync(stdout.trim());
};

/** Copies a program, and the libraries that its loader would map where it is not static. */
const copyProgram = (path: string, root: string, name = basename(path)): void => {
  copyFileSync(path, join(root, "bin", name));
  const { stdout } = spawnSync("ldd", [path], { encoding: "utf8" });
  for (const [, library = ""] of stdout.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
};

/** What `names try` is contained by: one name, and the resolver that knows it. */
const policyOfNames = (): Uint8Array => {
  const policy = parseRunglass("198.51.100.53:53/udp listed.example:8443", defaultRules(["loopback"]));
  const made = kernelPolicy(policy);
  assert.ok("bytes" in made);
  return made.bytes;
};

/** Those of this machine, with the libraries that they need. */
const addOwnPrograms = (root: string): void => {
  const workloads = build();
  for (const name of WORKLOADS) copyProgram(join(workloads, name), root);
  for (const name of ["busybox", "curl", "openssl"]) copyProgram(commandPath(name), root, name);
  copyProgram(sensorBinary, root);
};

/**
 * Makes the initial file system of the guest below `folder`, and returns its path.
 * @param addPrograms puts the sensor, the workloads, busybox, curl and openssl below a root, into its `bin`
 */
export const makeInitrd = (folder: string, cases: readonly Case[], addPrograms = addOwnPrograms): string => {
  const root = join(folder, "root");
  for (const name of ["bin", "dev", "proc", "sys", "tmp", "etc"]) mkdirSync(join(root, name), { recursive: true });
  // Library paths of the loader, as most distributions have them.
  for (const name of ["lib", "lib64"]) {
    mkdirSync(join(root, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(root, name));
  }
  addPrograms(root);
  const tls = ["req", "-x509", "-config", "/dev/null", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
  const pem = join(root, "tls.pem");
  execFileSync(
    "openssl",
    [...tls, "-nodes", "-subj", "/CN=guest", "-days", "9999", "-keyout", `${pem}.key`, "-out", pem],
    {
      stdio: "pipe",
    },
  );
  writeFileSync(pem, Buffer.concat([readFileSync(pem), readFileSync(`${pem}.key`)]));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  writeFileSync(join(root, "policy"), policyOfNames());
  writeFileSync(join(root, "cases"), cases.map(({ command }, i) => `${i} ${command.join(" ")}\n`).join(""));
  copyFileSync(join(import.meta.dirname, "init.sh"), join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
  const initrd = join(folder, "initrd.gz");
  execFileSync("sh", ["-c", 'cd "$0" && find . | cpio -o -H newc --quiet | gzip -1 >"$1"', root, initrd]);
  rmSync(root, { recursive: true });
  return initrd;
};

/** One boot; `undefined` where the kernel has not come to its first program. */
const boot = async (
  kernel: Kernel,
  initrd: string,
  framesPath: string,
  machine: GuestMachine,
): Promise<string | undefined> => {
  const common = ["-accel", "tcg", "-display", "none", "-no-reboot", "-nic", "none", "-serial", "stdio"];
  // What the kernel does not know is in the environment of its first program.
  const line = `console=${machine.console} quiet panic=-1 frames_port=${machine.portName}`;
  const image = ["-kernel", kernel.image, "-initrd", initrd, "-append", line];
  const options = [...common, ...machine.options, ...machine.port(framesPath), ...image];
  const emulator = spawn(commandPath(machine.emulator), options, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [emulator.stdout, emulator.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const isBooted = (): boolean => text.includes("BOOTED ");
  const timers = [
    setTimeout(() => isBooted() || emulator.kill("SIGKILL"), BOOT_MS * machine.slowness),
    setTimeout(() => emulator.kill("SIGKILL"), MOST_MS * machine.slowness),
  ];
  await once(emulator, "close");
  for (const timer of timers) clearTimeout(timer);
  if (!isBooted())
    console.log(`      ${kernel.release} did not boot: ${text.trim().split("\n").slice(-30).join("\n")}`);
  return isBooted() ? text.replaceAll("\r", "") : undefined;
};

/**
 * Runs all cases in a kernel.
 * @throws AssertionError where it does not boot, or the guest does not come to its end
 */
export const runGuest = async (kernel: Kernel, initrd: string, machine = PC): Promise<GuestRun> => {
  const framesPath = join(dirname(initrd), `${basename(kernel.image)}.frames`);
  let text: string | undefined;
  for (let tries = 0; text === undefined && tries < TRIES; tries++) {
    text = await boot(kernel, initrd, framesPath, machine);
  }
  assert.ok(text !== undefined, `${kernel.release} boots`);
  const said = (word: string): string[] =>
    text.split("\n").flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
  assert.equal(said("FRAMES").length, 1, `the guest comes to its end: ${text.slice(-3000)}`);
  const bytes = readFileSync(framesPath);
  assert.equal(bytes.length, Number(said("FRAMES")[0]), "all frames came over");
  const { frames, length } = decode(bytes);
  assert.equal(length, bytes.length, "the last frame is whole");
  const ran = said("CASE").map((line) => {
    const [index, pid, code, ...lines] = line.trim().split(" ");
    return [Number(index), { pid: Number(pid), code: Number(code), lines }] as const;
  });
  return {
    ran: new Map(ran),
    frames,
    check: said("CHECK"),
    sensorCode: Number(said("SENSOR")[0]),
    contained: said("CONTAINED"),
    text,
  };
};
