// `runglass doctor`: what this machine lets the collector see, and what to do about the rest.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { machine, release } from "node:os";
import { promisify } from "node:util";
import { removeLeftovers } from "../cgroup/leftovers.ts";
import { findCgroupTree } from "../cgroup/mount.ts";
import { runtimeFolders } from "../containers/runtimeState.ts";
import { messageOf, UserError } from "../errors.ts";
import { parseOptions, type Command } from "../options.ts";
import { requireRoot } from "../run/root.ts";
import { say } from "../run/say.ts";
import { findSensor } from "../sensor/program.ts";
import { standardOutput } from "./standardOutput.ts";

const usage = `Usage: runglass doctor [--clean]

Says what this kernel and machine let the collector see, and what to do about the rest.

  --clean  removes what killed runs left behind: their cgroups, and what keeps their egress policy enforced. Processes that
           still run there go on, with an open network

Exit codes: 0 record and collect work here, 3 they do not.`;

interface Check {
  readonly name: string;
  /** `some`: works, but less is seen. */
  readonly state: "ok" | "some" | "no";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

const checkNode = (): Check => {
  const ok = Number(process.versions.node.split(".")[0]) >= 20;
  return { name: "node", state: ok ? "ok" : "no", found: process.version, remedy: "use Node 20 or later" };
};

const checkMachine = (): Check => {
  const ok = process.arch === "x64" || process.arch === "arm64";
  return {
    name: "machine",
    state: ok ? "ok" : "no",
    found: `${process.arch} (${machine()})`,
    remedy: "use an x86-64 or arm64 machine",
  };
};

const checkRoot = (): Check => {
  const ok = process.geteuid?.() === 0;
  const found = ok ? "yes" : `no (uid ${process.geteuid?.() ?? "?"})`;
  return { name: "root", state: ok ? "ok" : "no", found, remedy: 'run it with sudo ("sudo runglass doctor")' };
};

const checkKernel = (): Check => {
  const [major = 0, minor = 0] = release().split(/[.-]/).map(Number);
  const ok = major > 5 || (major === 5 && minor >= 15);
  return { name: "kernel", state: ok ? "ok" : "no", found: release(), remedy: "use Linux 5.15 or later" };
};

const BTF = "/sys/kernel/btf/vmlinux";
const checkBtf = (): Check => {
  try {
    accessSync(BTF, constants.R_OK);
    return { name: "BTF", state: "ok", found: BTF };
  } catch {
    const remedy = "boot a kernel with CONFIG_DEBUG_INFO_BTF=y, as those of Debian, Ubuntu and Fedora are";
    return { name: "BTF", state: "no", found: `${BTF} cannot be read`, remedy };
  }
};

const checkCgroup = (): Check => {
  try {
    const { mount, own } = findCgroupTree();
    if (!mount.readOnly) return { name: "cgroup v2", state: "ok", found: own };
    const remedy = "run on the host or in a privileged container (collect --cgroup works all the same)";
    return { name: "cgroup v2", state: "no", found: `${mount.path} is mounted read-only`, remedy };
  } catch (error) {
    return { name: "cgroup v2", state: "no", found: messageOf(error) };
  }
};

const checkContainers = (): Check => {
  const folders = runtimeFolders();
  const found =
    folders.length === 0
      ? "told by their ids only, until a runtime that keeps their names where root can read them is seen to start"
      : `names and images are read in ${folders.join(", ")}`;
  return { name: "containers", state: "ok", found };
};

/** `hook<TAB>state<TAB>reason` lines of `runglass-sensor --check`. */
export const parseHooks = (text: string): Check[] =>
  text.split("\n").flatMap((line) => {
    const [name, state, reason = ""] = line.split("\t");
    if (name === undefined || state === undefined) return [];
    return [{ name, state: state === "on" ? "ok" : "some", found: reason === "" ? state : `${state}: ${reason}` }];
  });

const checkSensor = async (isRoot: boolean): Promise<Check[]> => {
  let path: string;
  try {
    path = await findSensor();
  } catch (error) {
    return [{ name: "sensor", state: "no", found: messageOf(error) }];
  }
  if (!isRoot) return [{ name: "sensor", state: "no", found: `${path} (its hooks can only be tried as root)` }];
  try {
    const { stdout } = await promisify(execFile)(path, ["--check"], { timeout: CHECK_MS });
    return [{ name: "sensor", state: "ok", found: path }, ...parseHooks(stdout)];
  } catch (error) {
    return [sensorFailure(path, error as ChildFailure), ...parseHooks((error as ChildFailure).stdout ?? "")];
  }
};

/** What `execFile` rejects with. */
interface ChildFailure {
  readonly stdout?: string;
  readonly stderr?: string;
  /** Exit code, or the errno name of what kept it from being started. */
  readonly code?: number | string | null;
  readonly signal?: NodeJS.Signals | null;
  readonly killed?: boolean;
}

const REBUILD = "build it anew on this machine (make -C collector/sensor), or reinstall Runglass";
const CHECK_MS = 60_000;

const no = (found: string, remedy: string): Check => ({ name: "sensor", state: "no", found, remedy });

/** One line that says how the sensor failed, also where it did not say so itself, and what to do. */
const sensorFailure = (path: string, { stderr = "", code, signal, killed }: ChildFailure): Check => {
  const said = stderr.trim().split("\n").at(-1)?.replace("runglass-sensor: ", "") ?? "";
  if (killed === true) return no(`${path} --check took longer than ${CHECK_MS / 1000} s`, "run it again, or restart");
  if (said !== "") return { name: "sensor", state: "no", found: said };
  if (typeof code === "string") {
    const how = code === "ENOEXEC" ? "it is not a program for this machine" : code;
    return no(`${path} cannot be started: ${how}`, REBUILD);
  }
  if (signal) return no(`${path} --check was ended by ${signal} and said nothing`, `see dmesg, then ${REBUILD}`);
  return no(`${path} --check ended with code ${code ?? "?"} and said nothing`, REBUILD);
};

const MARKS = { ok: "ok", some: "less", no: "NO" } as const;

const table = (checks: readonly Check[]): string => {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .flatMap(({ name, state, found, remedy }) => {
      const line = `${MARKS[state].padEnd(4)}  ${name.padEnd(width)}  ${found}`;
      return state === "ok" || remedy === undefined ? [line] : [line, `${" ".repeat(width + 8)}-> ${remedy}`];
    })
    .join("\n");
};

const clean = (): number => {
  requireRoot("doctor --clean", "nothing was removed");
  const cleaned = removeLeftovers();
  for (const { path, removed, moved } of cleaned) {
    if (moved.length > 0) {
      const they = moved.length === 1 ? "1 process" : `${moved.length} processes`;
      say(`${they} of ${path} ${moved.length === 1 ? "goes" : "go"} on in the cgroup above: pid ${moved.join(", ")}`);
    }
    say(removed ? `removed ${path}` : `cannot remove ${path}`);
  }
  if (cleaned.length === 0) say("no killed run left anything behind");
  return cleaned.every(({ removed }) => removed) ? 0 : 3;
};

const run = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseOptions("doctor", argv, { clean: { type: "boolean" } });
  if (positionals.length > 0) throw new UserError("doctor: it takes no arguments", 2);
  if (values.clean === true) return clean();
  const root = checkRoot();
  const checks = [
    checkNode(),
    checkMachine(),
    root,
    checkKernel(),
    checkBtf(),
    checkCgroup(),
    checkContainers(),
    ...(await checkSensor(root.state === "ok")),
  ];
  const works = checks.every(({ state }) => state !== "no");
  const verdict = works
    ? "record and collect work on this machine"
    : "record and collect cannot work until NO is mended";
  const output = standardOutput();
  output.write(`${table(checks)}\n\n${verdict}\n`);
  await output.drained();
  return works ? 0 : 3;
};

export const doctor: Command = { name: "doctor", summary: "says what this machine lets the collector see", usage, run };
