// How long eBPF programs run, by the kernel's own count of it, which is as good on a busy machine as on an idle one.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCgroupTree } from "../src/cgroup/mount.ts";

const SWITCH = "/proc/sys/kernel/bpf_stats_enabled";

interface Program {
  readonly id: number;
  readonly name?: string;
  readonly run_time_ns?: number;
  readonly run_cnt?: number;
}
export interface ProgramTime {
  readonly name: string;
  readonly runs: number;
  readonly ns: number;
}

const programs = (): Program[] => JSON.parse(execFileSync("bpftool", ["-j", "prog", "show"], { encoding: "utf8" }));

/** Numbers of all programs that are there: those of others, where ours are not loaded yet. */
export const loadedPrograms = (): Set<number> => new Set(programs().map(({ id }) => id));

/** What programs whose name begins like this, and that are not `others`, ran while `work` did. */
export const timePrograms = async (
  prefix: string,
  others: ReadonlySet<number>,
  work: () => unknown,
): Promise<ProgramTime[]> => {
  const was = readFileSync(SWITCH, "utf8");
  writeFileSync(SWITCH, "1");
  try {
    const before = new Map(programs().map((program) => [program.id, program]));
    await work();
    return programs().flatMap(({ id, name = "", run_cnt: runs = 0, run_time_ns: ns = 0 }) => {
      const { run_cnt: ran = 0, run_time_ns: took = 0 } = before.get(id) ?? {};
      return name.startsWith(prefix) && !others.has(id) && runs > ran
        ? [{ name, runs: runs - ran, ns: ns - took }]
        : [];
    });
  } finally {
    writeFileSync(SWITCH, was);
  }
};

const EMPTY = [
  ["empty_egress", "cgroup_inet_egress"],
  ["empty_questions", "cgroup_inet_egress"],
  ["empty_hellos", "cgroup_inet_egress"],
  ["empty_answers", "cgroup_inet_ingress"],
  ["empty_create", "cgroup_inet_sock_create"],
  ["empty_connect4", "cgroup_inet4_connect"],
] as const;

/** The same for programs that do nothing, at the guard's hooks of a cgroup that only `command` is in. */
export const timeEmptyPrograms = async (work: string, command: readonly string[]): Promise<ProgramTime[]> => {
  const name = `runglass-bench-${process.pid}`;
  const [folder, pins, object] = [join(findCgroupTree().own, name), join("/sys/fs/bpf", name), join(work, "empty.o")];
  const multiarch = execFileSync("cc", ["-print-multiarch"], { encoding: "utf8" }).trim();
  const source = join(import.meta.dirname, "emptyPrograms.bpf.c");
  const flags = ["-O2", "-g", "-target", "bpf", `-I/usr/include/${multiarch}`];
  execFileSync("clang", [...flags, "-c", "-o", object, source]);
  mkdirSync(folder);
  try {
    execFileSync("bpftool", ["prog", "loadall", object, pins]);
    for (const [program, hook] of EMPTY)
      execFileSync("bpftool", ["cgroup", "attach", folder, hook, "pinned", join(pins, program), "multi"]);
    const enter = ["sh", "-c", 'echo $$ > "$1/cgroup.procs"; shift; exec "$@" > /dev/null', "sh", folder];
    const [shell = "", ...rest] = [...enter, ...command];
    return await timePrograms("empty_", new Set(), () => execFileSync(shell, rest));
  } finally {
    rmSync(pins, { recursive: true, force: true });
    rmdirSync(folder);
  }
};
