// What an enforced egress policy costs: loops of connects, allowed downloads and questions to DNS, in a recording that contains
// them and in one that only judges them by the same policy, in pairs that change their order. Both recordings go on all the
// time, so their observers cost the same in either, and what is left is the guard. What the kernel counts of the guard's
// own time is told beside it, and, apart, what the whole takes against no collector at all. On a busy machine, only that count, the
// processor's time and the fastest of the jobs mean much. A recording that did not enforce, or refused something, is a failure.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CONNECTS, DOWNLOADS, LOOPBACK, LOOPBACK_PORT, NAMED, PORT, startServers } from "./blockServers.ts";
import { JobShell, type Times } from "./jobShell.ts";
import { loadedPrograms, type ProgramTime, timeEmptyPrograms, timePrograms } from "./programTimes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 30);
const scale = Number(process.env["BENCH_SCALE"] ?? 1);
const connections = Math.round(1000 * scale);
/** How often each job is done while the kernel counts the programs' time. */
const COUNTED = 5;
const bytes = Math.round(100e6 * scale);

interface Job {
  readonly name: string;
  readonly command: string;
  /** A loop of `connections` connects, which says itself how long it took. */
  readonly connects: boolean;
  /** The slowdown is to be at most this. */
  readonly target: number;
}
interface Pair {
  readonly judged: Times;
  readonly contained: Times;
}

/** Asks a resolver for names, one after another; writes the median time of an answer, in µs, into a file. */
const LOOKUPS = `
import socket, sys, time
count, path = int(sys.argv[1]), sys.argv[2]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(10)
times = []
for i in range(count):
    label = b"%d" % i
    message = i.to_bytes(2, "big") + b"\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0" + bytes([len(label)]) + label + b"\\5bench\\7example\\0\\0\\1\\0\\1"
    began = time.perf_counter_ns()
    s.sendto(message, ("${LOOPBACK}", 53)); s.recv(512)
    times.append(time.perf_counter_ns() - began)
open(path, "w").write(str(sorted(times)[count // 2] / 1000))
`;

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

class Bench {
  readonly #work: string;
  readonly #said: string;

  constructor(work: string) {
    this.#work = work;
    this.#said = join(work, "said");
  }

  /** The time of the loop or of the transfer; that of the programs' own start is no part of it. */
  async #run(shell: JobShell, job: Job): Promise<Times> {
    const { cpu } = await shell.does(`${job.command} > ${this.#said}`);
    const said = readFileSync(this.#said, "utf8");
    return job.connects ? (JSON.parse(said) as Times) : { wall: Number(said), cpu };
  }

  async bare(jobs: readonly Job[], times: Map<string, number[]>): Promise<void> {
    const shell = new JobShell([]);
    for (let round = 0; round <= Math.ceil(rounds / 4); round++) {
      for (const job of jobs) {
        const { wall } = await this.#run(shell, job);
        if (round > 0) times.set(job.name, [...(times.get(job.name) ?? []), wall]);
      }
    }
    await shell.end();
  }

  async pairs(jobs: readonly Job[], judging: JobShell, containing: JobShell): Promise<Map<string, Pair[]>> {
    const pairs = new Map<string, Pair[]>(jobs.map(({ name }) => [name, []]));
    for (let round = -1; round < rounds; round++) {
      for (const job of jobs) {
        const first = round % 2 === 0 ? await this.#run(judging, job) : undefined;
        const contained = await this.#run(containing, job);
        const judged = first ?? (await this.#run(judging, job));
        if (round >= 0) pairs.get(job.name)?.push({ judged, contained });
      }
    }
    return pairs;
  }

  /** How much longer an answer takes, in pairs as the other jobs. */
  async lookUp(judging: JobShell, containing: JobShell): Promise<Record<string, unknown>> {
    const [program, result] = [join(this.#work, "lookups.py"), join(this.#work, "lookups.us")];
    await writeFile(program, LOOKUPS);
    const time = async (shell: JobShell): Promise<number> => {
      await shell.does(`python3 ${program} ${Math.round(1000 * scale)} ${result}`);
      return Number(readFileSync(result, "utf8"));
    };
    const pairs: (readonly [judged: number, contained: number])[] = [];
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await time(judging) : undefined;
      const second = await time(containing);
      pairs.push([first ?? (await time(judging)), second]);
    }
    const added = median(pairs.map(([judged, contained]) => contained - judged));
    return {
      job: "an answer from DNS",
      "judged, p50 in µs": rounded(median(pairs.map(([judged]) => judged)), 1),
      "added, p50 in µs": rounded(added, 1),
      target: "≤ 1000",
      verdict: added <= 1000 ? "met" : "MISSED",
    };
  }

  /**
   * How long the guard's programs run for a connection or a megabyte, as the kernel counts it. What counting itself costs is told by
   * programs that do nothing. Where the guard makes room for what is remembered of a socket, the observer of connects behind it
   * has less to do, as what the kernel keeps once for each socket is there then.
   */
  async programTimes(
    used: ReadonlyMap<Job, number>,
    others: ReadonlySet<number>,
    judging: JobShell,
    containing: JobShell,
  ): Promise<Record<string, unknown>[]> {
    const sum = (times: readonly ProgramTime[], of: "ns" | "runs"): number =>
      times.reduce((all, time) => all + time[of], 0);
    const [first] = used.keys();
    const empty = await timeEmptyPrograms(this.#work, first?.command.split(" ") ?? []);
    const emptyRun = sum(empty, "ns") / sum(empty, "runs");
    const rows: Record<string, unknown>[] = [
      {
        of: "connect, with programs that do nothing",
        each: "connection",
        "runs of programs": rounded(sum(empty, "runs") / connections, 1),
        "ns in them": Math.round(sum(empty, "ns") / connections),
        "without counting": 0,
      },
    ];
    for (const [job, cpu] of used) {
      const each = job.connects ? connections : bytes / 1e6;
      const times: { readonly judged: ProgramTime[]; readonly contained: ProgramTime[] }[] = [];
      for (let round = 0; round < COUNTED; round++) {
        const judged = await timePrograms("on_connect", others, () => this.#run(judging, job));
        times.push({ judged, contained: await timePrograms("", others, () => this.#run(containing, job)) });
      }
      const named = (programs: readonly ProgramTime[], prefix: string): ProgramTime[] =>
        programs.filter(({ name }) => name.startsWith(prefix));
      const guard = (of: "ns" | "runs"): number =>
        median(times.map(({ contained }) => sum(named(contained, "guard_"), of))) / each;
      const observer = (which: "judged" | "contained"): number =>
        median(times.map((time) => sum(named(time[which], "on_connect"), "ns"))) / each;
      const less = job.connects ? observer("judged") - observer("contained") : 0;
      const own = guard("ns") - guard("runs") * emptyRun;
      rows.push({
        of: job.name,
        each: job.connects ? "connection" : "MB",
        "runs of programs": rounded(guard("runs"), 1),
        "ns in them": Math.round(guard("ns")),
        "without counting": Math.round(own),
        "less in the observer": Math.round(less),
        "processor's time uncontained, ns": Math.round((cpu * 1e9) / each),
        share: `${rounded(((own - less) * each) / (cpu * 1e7), 2)} %`,
      });
    }
    return rows;
  }
}

/** Between the quarters of the pairs; above it, what their middle says is chance. */
const TELLING_SPREAD = 0.2;
const verdictOf = (slowdown: number, [low, high]: readonly [number, number], target: number): string => {
  if (high - low > TELLING_SPREAD) return "too busy a machine to tell";
  return slowdown <= target ? "met" : "MISSED";
};

const rowOf = (job: Job, pairs: readonly Pair[], bare: readonly number[]): Record<string, unknown> => {
  const ratios = (of: keyof Times): number[] => pairs.map(({ judged, contained }) => contained[of] / judged[of]);
  const slowdown = median(ratios("wall"));
  const quarters = [quantile(ratios("wall"), 0.25), quantile(ratios("wall"), 0.75)] as const;
  const judged = pairs.map((pair) => pair.judged.wall);
  const contained = pairs.map((pair) => pair.contained.wall);
  return {
    job: job.name,
    "judged, ms": rounded(1000 * median(judged), 1),
    "contained ÷ judged": rounded(slowdown),
    "quarters of the pairs": quarters.map((quarter) => quarter.toFixed(3)).join(" – "),
    "fastest ÷ fastest": rounded(Math.min(...contained) / Math.min(...judged)),
    "CPU of the job": rounded(median(ratios("cpu"))),
    target: `≤ ${job.target}`,
    verdict: verdictOf(slowdown, quarters, job.target),
    "contained ÷ no collector": rounded(median(contained) / median(bare)),
  };
};

const measure = async (work: string): Promise<void> => {
  const storms = join(work, "storms");
  execFileSync("cc", ["-O2", "-pthread", "-o", storms, join(import.meta.dirname, "storms.c")]);
  const servers = [await startServers("loopback", storms), await startServers("network", storms)];
  const inNetwork = `nsenter --net=/proc/${servers[1]?.pid}/ns/net --`;
  const curl = (url: string): string => `curl -s -o /dev/null -w %{time_total} http://${url}/${bytes}`;
  const reach = (address: string): string => `${inNetwork} ${storms} reach ${connections} ${address} ${PORT}`;
  const jobs: readonly Job[] = [
    { name: "connect", command: `${storms} connect ${connections}`, connects: true, target: 1.05 },
    { name: "connect, by a network", command: reach(CONNECTS), connects: true, target: 1.05 },
    { name: "connect, by a name", command: reach(NAMED), connects: true, target: 1.05 },
    { name: "download", command: curl(`${LOOPBACK}:${LOOPBACK_PORT}`), connects: false, target: 1.01 },
    {
      name: "download, by a network",
      command: `${inNetwork} ${curl(`${DOWNLOADS}:${PORT}`)}`,
      connects: false,
      target: 1.01,
    },
  ];
  // A list as long as real ones are, beside the default rules: the more prefixes, the longer a look-up.
  const list = Array.from({ length: 200 }, (_, n) => `198.18.${n}.0/24:${PORT}`).join(" ");
  const endpoints = ["--allowed-endpoints", `${LOOPBACK}:53/udp *.bench.example ${list}`];
  const record = (log: string, mode: string): JobShell =>
    new JobShell(
      [process.execPath, join(root, "dist/runglass.js"), "record", "--out", join(work, log)].concat([
        "--egress-policy",
        mode,
        ...endpoints,
        "--",
      ]),
    );
  const bench = new Bench(work);
  const bare = new Map<string, number[]>();
  await bench.bare(jobs, bare);
  const others = loadedPrograms();
  const [judging, containing] = [record("judged", "audit"), record("contained", "block")];
  // First, as what is opened by name is learned from it.
  const answers = await bench.lookUp(judging, containing);
  const pairs = await bench.pairs(jobs, judging, containing);
  const used = new Map(jobs.map((job) => [job, median((pairs.get(job.name) ?? []).map(({ judged }) => judged.cpu))]));
  const programs = await bench.programTimes(used, others, judging, containing);
  await Promise.all([judging.end(), containing.end()]);
  await bench.bare(jobs, bare);
  for (const server of servers) server.stdin?.end();
  const said = readFileSync(join(work, "contained"), "utf8");
  if (!said.includes('"armed":true') || said.includes('"verdict":"blocked"')) throw new Error("it was not enforced");
  const rows = jobs.map((job) => rowOf(job, pairs.get(job.name) ?? [], bare.get(job.name) ?? []));
  console.table(rows);
  console.table([answers]);
  console.table(programs);
  await mkdir(join(root, "dist/bench"), { recursive: true });
  const result = { rounds, scale, rows, answers, programs };
  await writeFile(join(root, "dist/bench/block.json"), `${JSON.stringify(result, undefined, 2)}\n`);
  if ([...rows, answers].some(({ verdict }) => verdict === "MISSED")) process.exitCode = 1;
};

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
try {
  await measure(work);
} finally {
  await rm(work, { recursive: true });
}
