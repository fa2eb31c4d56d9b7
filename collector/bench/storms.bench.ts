// Storms: what tracing costs the workload, and whether it loses anything, beside bpftrace, strace and no tracing at all.
// Each round runs every tool once on the same workload, in turn, so that the machine's moods hit all of them; the
// figures are ratios within a round. bpftrace is asked for about what ours tells: forks, execs with argv and exits; opens
// for writing; connects with their result and end. A run of ours without the expected events is a failure, not a fast run.
import { spawn, spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FileWrite } from "../protocol/events.ts";
import { changesOf } from "../protocol/foldedFiles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const scale = Number(process.env["BENCH_SCALE"] ?? 1);

interface Storm {
  readonly name: "exec" | "write" | "create" | "connect";
  readonly operations: number;
  /** strace is so much slower that it gets a part of the operations; its figure is still a time per operation. */
  readonly straceShare: number;
  readonly bpftrace: string;
  readonly strace: string;
}

const openProbe =
  'tracepoint:syscalls:sys_enter_openat /args->flags & 3/ { printf("%d %s\\n", pid, str(args->filename)); }';
const storms: readonly Storm[] = [
  {
    name: "exec",
    operations: 8_000,
    straceShare: 0.1,
    bpftrace:
      'tracepoint:sched:sched_process_fork { printf("fork %d %d\\n", args->parent_pid, args->child_pid); } ' +
      'tracepoint:syscalls:sys_enter_execve { printf("%d ", pid); join(args->argv); } ' +
      'tracepoint:sched:sched_process_exit { printf("exit %d %s\\n", pid, comm); }',
    strace: "execve,exit_group",
  },
  { name: "write", operations: 300_000, straceShare: 0.05, bpftrace: openProbe, strace: "openat" },
  { name: "create", operations: 150_000, straceShare: 0.1, bpftrace: openProbe, strace: "openat" },
  {
    name: "connect",
    operations: 20_000,
    straceShare: 0.1,
    bpftrace:
      'tracepoint:sock:inet_sock_set_state /args->newstate == 2/ { printf("%d %s %d\\n", pid, ntop(args->daddr), args->dport); } ' +
      'tracepoint:sock:inet_sock_set_state /args->newstate == 1 || args->newstate == 7/ { printf("state %d %d %d\\n", args->newstate, args->sport, args->dport); }',
    strace: "connect",
  },
];

interface Loop {
  readonly done: number;
  readonly wall: number;
  readonly cpu: number;
}
interface Sample extends Loop {
  /** Operations of the storm that the tool's output shows. */
  readonly seen?: number;
  /** Operations or events that the tool says it lost. */
  readonly lost?: number;
}

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
const stormsBinary = join(work, "storms");
const files = join("/dev/shm", `runglass-bench-${process.pid}`);

const need = (result: { status: number | null; stderr: string; error?: Error | undefined }, what: string): void => {
  if (result.status !== 0) throw new Error(`${what} failed: ${result.error?.message ?? result.stderr}`);
};

const stormArgs = (storm: Storm, operations: number): string[] => [storm.name, String(operations), files];

/** Runs one command to its end and reads the storm's one line of JSON from its stdout. */
const run = async (command: string, args: readonly string[]): Promise<Loop> => {
  await rm(files, { recursive: true, force: true });
  await mkdir(files, { recursive: true });
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  const line = out.split("\n").find((text) => text.startsWith('{"done"'));
  if (code !== 0 || line === undefined) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${err}`);
  return JSON.parse(line) as Loop;
};

const plain = (storm: Storm): Promise<Sample> => run(stormsBinary, stormArgs(storm, storm.operations));

interface LogCounts {
  seen: number;
  lost: number;
}

/** Counts the storm's own operations in a run log: the ends of the storm, as events, not what the log claims of itself. */
const countLog = async (path: string, storm: Storm): Promise<LogCounts> => {
  const counts: LogCounts = { seen: 0, lost: 0 };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const event = JSON.parse(line) as Record<string, never> & {
      type: string;
      lost: number;
      exec: { argv: string[] };
      flow: { protocol: string };
      result: string;
    };
    if (event.type === "loss") counts.lost += event.lost;
    else if (storm.name === "exec" && event.type === "process.exec" && event.exec.argv[0] === "nop") counts.seen++;
    else if (storm.name === "connect" && event.type === "net.connect" && event.result === "ok") counts.seen++;
    else if (event.type === "file.write") {
      const write = event as unknown as FileWrite;
      if (write.file.op !== storm.name) continue;
      for (const change of changesOf(write)) if (change.path.startsWith(files)) counts.seen += change.count;
    }
  }
  return counts;
};

const runglass = async (storm: Storm): Promise<Sample> => {
  const log = join(work, "run.ndjson");
  await rm(log, { force: true });
  const cli = join(root, "dist/runglass.js");
  const loop = await run(process.execPath, [
    cli,
    "record",
    "--out",
    log,
    "--",
    stormsBinary,
    ...stormArgs(storm, storm.operations),
  ]);
  const counts = await countLog(log, storm);
  if (counts.seen === 0) throw new Error(`no ${storm.name} event in the log: was the sensor attached?`);
  return { ...loop, ...counts };
};

/** tracefs is not mounted everywhere; in a mount namespace of its own nothing is left behind. */
const withTracefs = 'mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null; exec bpftrace -o "$1" -e "$2"';

const bpftrace = async (storm: Storm): Promise<Sample> => {
  const output = join(work, "bpftrace.txt");
  await rm(output, { force: true });
  const tracer = spawn("unshare", ["-m", "sh", "-c", withTracefs, "sh", output, storm.bpftrace], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  tracer.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  tracer.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(tracer, "close");
  const written = (): Promise<string> => readFile(output, "utf8").catch(() => "");
  const attached = async (): Promise<boolean> => `${said}${await written()}`.includes("Attaching");
  for (let i = 0; i < 200 && tracer.exitCode === null && !(await attached()); i++) await sleep(50);
  await sleep(700);
  if (tracer.exitCode !== null) throw new Error(`bpftrace ended: ${said}`);
  const loop = await run(stormsBinary, stormArgs(storm, storm.operations));
  await sleep(500);
  tracer.kill("SIGINT");
  // Now and then it misses the signal that asks it to end.
  for (let tries = 0; (await Promise.race([closed, sleep(2000)])) === undefined; tries++) {
    tracer.kill(tries < 5 ? "SIGINT" : "SIGKILL");
  }
  const text = said + (await written());
  const lost = [...text.matchAll(/Lost (\d+) events/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  const mark = {
    exec: /^\d+ nop one two$/gm,
    write: /^\d+ \S*\/f\d{3}$/gm,
    create: /^\d+ \S*\/n\d{7}$/gm,
    connect: /^\d+ 127\.0\.0\.1 \d+$/gm,
  }[storm.name];
  return { ...loop, seen: text.match(mark)?.length ?? 0, lost };
};

const strace = async (storm: Storm): Promise<Sample> => {
  const operations = Math.max(1, Math.round(storm.operations * storm.straceShare));
  const args = ["-f", "-qq", "-e", `trace=${storm.strace}`, "-o", join(work, "strace.txt")];
  return run("strace", [...args, stormsBinary, ...stormArgs(storm, operations)]);
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const perOperation = (loop: Loop): number => loop.wall / loop.done;

const tools = { none: plain, runglass, bpftrace, strace } as const;
type Tool = keyof typeof tools;

const available = (tool: Tool): boolean => {
  if (tool === "none" || tool === "runglass") return true;
  return spawnSync(tool, ["--version"]).status === 0 || spawnSync(tool, ["-V"]).status === 0;
};

const results: Record<string, unknown>[] = [];
try {
  need(
    spawnSync("cc", ["-O2", "-static", "-pthread", "-o", stormsBinary, join(root, "collector/bench/storms.c")], {
      encoding: "utf8",
    }),
    "cc",
  );
  // Names of storms as arguments: only these.
  const wanted = process.argv.slice(2);
  const chosen = storms.filter((storm) => wanted.length === 0 || wanted.includes(storm.name));
  for (const storm of chosen.map((one) => ({ ...one, operations: Math.round(one.operations * scale) }))) {
    const samples = new Map<Tool, Sample[]>();
    const present = (Object.keys(tools) as Tool[]).filter(available);
    for (let round = 0; round < rounds; round++) {
      for (const tool of round % 2 === 0 ? present : present.toReversed()) {
        const sample = await tools[tool](storm);
        samples.set(tool, [...(samples.get(tool) ?? []), sample]);
      }
    }
    const base = samples.get("none") ?? [];
    const rows = present.map((tool) => {
      const own = samples.get(tool) ?? [];
      const ratios = own.map((sample, i) => perOperation(sample) / perOperation(base[i] as Sample));
      const done = own.reduce((sum, one) => sum + one.done, 0);
      const row = {
        storm: storm.name,
        tool,
        "ops/s": Math.round(1 / median(own.map(perOperation))),
        "slowdown (median)": Number(median(ratios).toFixed(2)),
        "slowdown (min)": Number(Math.min(...ratios).toFixed(2)),
        done,
        seen: tool === "none" || tool === "strace" ? "" : own.reduce((sum, one) => sum + (one.seen ?? 0), 0),
        lost: tool === "none" || tool === "strace" ? "" : own.reduce((sum, one) => sum + (one.lost ?? 0), 0),
      };
      return row;
    });
    console.table(rows);
    results.push(...rows);
  }
  await mkdir(join(root, "dist/bench"), { recursive: true });
  await writeFile(
    join(root, "dist/bench/storms.json"),
    `${JSON.stringify({ rounds, scale, results }, undefined, 2)}\n`,
  );
} finally {
  await rm(work, { recursive: true, force: true });
  await rm(files, { recursive: true, force: true });
}
