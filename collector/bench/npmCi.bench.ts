// What recording costs a real job: `npm ci` of this project's own packages and of those of its VS Code server, some hundreds
// together, recorded and plain, in pairs that change their order from round to round. All packages come from npm's cache
// and go to memory, so that neither network nor disk hide the cost: on a disk its share is smaller. strace is the
// alternative in the same run.
import { spawn, spawnSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rm, statfs, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { FileWrite } from "../protocol/events.ts";
import { changesOf } from "../protocol/foldedFiles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 7);
const TARGET = 1.02;
/** Two trees of packages, and what unpacking them leaves free. */
const NEEDED_BYTES = 3e9;

const trees: Readonly<Record<string, string>> = { project: root, server: join(root, "extension/test/vscode/server") };

interface Times {
  readonly wall: number;
  readonly cpu: number;
}
interface Sample {
  /** Of the two installs alone. */
  readonly job: Times;
  /** CPU seconds of all that ran beside the job: the collector and the sensor. */
  readonly beside: number;
}
interface Seen {
  created: number;
  processes: number;
  events: number;
  lost: number;
}

/** Names the shell's own clock, which knows the CPU time of all that it waited for. */
const timed = (name: string): string => `TIMEFORMAT='{"timed":"${name}","wall":%3R,"user":%3U,"system":%3S}'; time`;

const times = (name: string, stderr: string): Times => {
  const line = stderr.split("\n").find((text) => text.startsWith(`{"timed":"${name}"`));
  if (line === undefined) throw new Error(`no time of the ${name}: ${stderr.slice(-2000)}`);
  const { wall, user, system } = JSON.parse(line) as { wall: number; user: number; system: number };
  return { wall, cpu: user + system };
};

const npmCi = (...more: string[]): string =>
  ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--logs-max=0", ...more].join(" ");

const copyManifests = async (work: string): Promise<void> => {
  for (const [name, from] of Object.entries(trees)) {
    await rm(join(work, name), { recursive: true, force: true });
    await mkdir(join(work, name));
    for (const file of ["package.json", "package-lock.json"]) await copyFile(join(from, file), join(work, name, file));
  }
};

/** Runs the shell's `job`, below `prefix` where there is one. */
const runJob = async (job: string, prefix: readonly string[]): Promise<Sample> => {
  const child = spawn(
    "bash",
    ["-c", `${timed("whole")} "$@"`, "bash", ...prefix, "bash", "-c", `${timed("job")} ${job}`],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${job} ended with ${code}: ${stderr.slice(-2000)}`);
  const own = times("job", stderr);
  return { job: own, beside: times("whole", stderr).cpu - own.cpu };
};

/** Installs both trees. */
const install = async (work: string, prefix: readonly string[]): Promise<Sample> => {
  await copyManifests(work);
  const installs = Object.keys(trees).map((name) => `(cd ${join(work, name)} && ${npmCi("--offline")} >&2)`);
  return runJob(`{ ${installs.join(" && ")}; }`, prefix);
};

/** Files that the installs have left. */
const countFiles = async (work: string): Promise<number> => {
  let files = 0;
  for (const name of Object.keys(trees)) {
    const entries = await readdir(join(work, name, "node_modules"), { recursive: true, withFileTypes: true });
    files += entries.filter((entry) => entry.isFile()).length;
  }
  return files;
};

const readLog = async (path: string, work: string): Promise<Seen> => {
  const seen: Seen = { created: 0, processes: 0, events: 0, lost: 0 };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const event = JSON.parse(line) as { type: string; lost?: number };
    seen.events += 1;
    if (event.type === "process.exec") seen.processes += 1;
    else if (event.type === "loss") seen.lost += event.lost ?? 0;
    else if (event.type === "file.write") {
      const write = event as unknown as FileWrite;
      if (write.file.op !== "create") continue;
      for (const change of changesOf(write)) seen.created += change.path.startsWith(work) ? 1 : 0;
    }
  }
  return seen;
};

/** The prefix that records; there must be no log yet. */
const recorder = async (log: string): Promise<string[]> => {
  await rm(log, { force: true });
  return [process.execPath, join(root, "dist/runglass.js"), "record", "--out", log, "--"];
};

const record = async (work: string, log: string): Promise<Sample & Seen> => {
  const sample = await install(work, await recorder(log));
  const seen = await readLog(log, work);
  const files = await countFiles(work);
  if (seen.created + seen.lost < files || seen.processes < 2) {
    throw new Error(`${seen.created} new files in the log, ${files} on the disk: was the sensor attached?`);
  }
  return { ...sample, ...seen };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const placeForTrees = async (): Promise<string> => {
  const { bavail, bsize } = await statfs("/dev/shm");
  return bavail * bsize > NEEDED_BYTES ? "/dev/shm" : tmpdir();
};

/** Packages are fetched where the cache lacks some; the measured installs use the cache alone. */
const warmUp = async (work: string): Promise<void> => {
  await copyManifests(work);
  for (const name of Object.keys(trees)) {
    const { status, stderr } = spawnSync("sh", ["-c", npmCi("--prefer-offline")], {
      cwd: join(work, name),
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`npm ci failed: ${stderr}`);
  }
};

const measure = async (work: string): Promise<void> => {
  const log = join(work, "run.ndjson");
  await warmUp(work);
  const plain: Sample[] = [];
  const recorded: (Sample & Seen)[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) plain.push(await install(work, []));
    recorded.push(await record(work, log));
    if (round % 2 === 1) plain.push(await install(work, []));
  }
  const nothing: Sample[] = [];
  for (let i = 0; i < 3; i++) nothing.push(await runJob("true", await recorder(log)));
  const hasStrace = spawnSync("strace", ["-V"]).status === 0;
  const strace = hasStrace
    ? await install(work, ["strace", "-f", "-qq", "-e", "trace=openat,execve,connect", "-o", join(work, "strace.txt")])
    : undefined;

  const base = median(plain.map(({ job }) => job.wall));
  const walls = recorded.map(({ job }, i) => job.wall / (plain[i]?.job.wall ?? Number.NaN));
  const cpus = recorded.map(({ job }, i) => job.cpu / (plain[i]?.job.cpu ?? Number.NaN));
  const row = (tool: string, samples: readonly Sample[], ratios: readonly number[], cpuRatios: readonly number[]) => ({
    tool,
    "wall s": Number(median(samples.map(({ job }) => job.wall)).toFixed(2)),
    "slowdown (median)": Number(median(ratios).toFixed(3)),
    "slowdown (min)": Number(Math.min(...ratios).toFixed(3)),
    "slowdown (max)": Number(Math.max(...ratios).toFixed(3)),
    "job's CPU (median)": Number(median(cpuRatios).toFixed(3)),
    "CPU s beside": Number(median(samples.map(({ beside }) => beside)).toFixed(2)),
  });
  const rows = [
    row("none", plain, [1], [1]),
    row("runglass", recorded, walls, cpus),
    ...(strace === undefined
      ? []
      : [
          row("strace", [strace], [strace.job.wall / base], [strace.job.cpu / median(plain.map(({ job }) => job.cpu))]),
        ]),
  ];
  console.table(rows);
  const { created, processes, events, lost } = recorded.at(-1) ?? { created: 0, processes: 0, events: 0, lost: 0 };
  const verdict = median(walls) <= TARGET ? "met" : "MISSED";
  console.log(`npm ci recorded ÷ plain: ${median(walls).toFixed(3)} (target ≤ ${TARGET}: ${verdict}), ${rounds} pairs`);
  const start = median(nothing.map(({ beside }) => beside));
  console.log(`CPU beside the job that is spent on starting and ending, before and after it: ${start.toFixed(2)} s`);
  console.log(`The log of the last one: ${events} events, ${created} new files, ${processes} programs, ${lost} lost.`);
  await mkdir(join(root, "dist/bench"), { recursive: true });
  const result = { rounds, target: TARGET, verdict, rows, start, plain, recorded };
  await writeFile(join(root, "dist/bench/npmCi.json"), `${JSON.stringify(result, undefined, 2)}\n`);
};

const work = await mkdtemp(join(await placeForTrees(), "runglass-bench-"));
try {
  await measure(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
