// What an enforced egress policy costs: a loop of connects, an allowed download and questions to DNS, in a recording that contains them and in
// one that does not, in pairs that change their order. Both recordings go on all the time, so their observers cost the same
// in either, and what is left is the guard. A recording that did not enforce, or refused something, is a failure.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
const scale = Number(process.env["BENCH_SCALE"] ?? 1);
const ADDRESS = "127.0.0.94";

interface Times {
  readonly wall: number;
  readonly cpu: number;
}

/** A recording whose command does the jobs that it is told, one a line. */
class Recording {
  readonly log: string;
  readonly #child: ChildProcess;
  #said = "";

  constructor(log: string, options: readonly string[]) {
    this.log = log;
    const loop = 'TIMEFORMAT="took %3R %3U %3S"; while read -r job; do time eval "$job"; done';
    const record = [join(root, "dist/runglass.js"), "record", "--out", log, ...options, "--", "bash", "-c", loop];
    this.#child = spawn(process.execPath, record, { stdio: ["pipe", "ignore", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
  }

  async does(job: string): Promise<Times> {
    this.#said = "";
    this.#child.stdin?.write(`${job}\n`);
    for (;;) {
      const [, took] = /took (.*)\n/.exec(this.#said) ?? [];
      const [wall, user = 0, system = 0] = (took ?? "").split(" ").map(Number);
      if (took !== undefined && wall !== undefined) return { wall, cpu: user + system };
      if (this.#child.exitCode !== null) throw new Error(`the recording ended: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async end(): Promise<void> {
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    if (this.#child.exitCode !== 0) throw new Error(`a recording ended with ${this.#child.exitCode}: ${this.#said}`);
  }
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
    s.sendto(message, ("${ADDRESS}", 53)); s.recv(512)
    times.append(time.perf_counter_ns() - began)
open(path, "w").write(str(sorted(times)[count // 2] / 1000))
`;

/** Answers every question with an address. */
const runResolver = (): void => {
  const resolver = createSocket("udp4", (question, peer) => {
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 18, question[0] ?? 0, question[1] ?? 0]);
    const answer = Buffer.concat([question, record]);
    answer.set([0x81, 0x80, 0, 1, 0, 1], 2);
    resolver.send(answer, peer.port, peer.address);
  }).bind(53, ADDRESS);
};

/** Answers `/N` with N bytes. */
const runServer = async (): Promise<void> => {
  const piece = Buffer.alloc(1 << 18, "x");
  const server = createServer((request, response) => {
    let left = Number(request.url?.slice(1));
    response.setHeader("content-length", left);
    const send = (): void => {
      while (left > 0) {
        const size = Math.min(left, piece.length);
        left -= size;
        if (!response.write(piece.subarray(0, size))) return void response.once("drain", send);
      }
      response.end();
    };
    send();
  });
  runResolver();
  await once(server.listen(0, ADDRESS), "listening");
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

/** How much longer an answer takes, in pairs as the other jobs. */
const lookUp = async (work: string, open: Recording, contained: Recording): Promise<Record<string, unknown>> => {
  const [program, result] = [join(work, "lookups.py"), join(work, "lookups.us")];
  await writeFile(program, LOOKUPS);
  const time = async (recording: Recording): Promise<number> => {
    await recording.does(`python3 ${program} ${Math.round(1000 * scale)} ${result}`);
    return Number(readFileSync(result, "utf8"));
  };
  const pairs: (readonly [open: number, contained: number])[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? await time(open) : undefined;
    const second = await time(contained);
    pairs.push([first ?? (await time(open)), second]);
  }
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  const added = median(pairs.map(([plain, held]) => held - plain));
  return {
    job: "an answer from DNS",
    "open, p50 in µs": Number(median(pairs.map(([plain]) => plain)).toFixed(1)),
    "added, p50 in µs": Number(added.toFixed(1)),
    target: "≤ 1000",
    verdict: added <= 1000 ? "met" : "MISSED",
  };
};

const measure = async (work: string): Promise<void> => {
  const storms = join(work, "storms");
  execFileSync("cc", ["-O2", "-pthread", "-o", storms, join(import.meta.dirname, "storms.c")]);
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = (await once(server.stdout, "data")) as [Buffer];
  const jobs = [
    { name: "connect", job: `${storms} connect ${Math.round(3000 * scale)}`, target: 1.05 },
    {
      name: "download",
      job: `curl -s -o /dev/null http://${ADDRESS}:${port.toString().trim()}/${Math.round(400e6 * scale)}`,
      target: 1.01,
    },
  ];
  // A list as long as real ones are, beside the default rules: the more prefixes, the longer a look-up.
  const list = Array.from({ length: 200 }, (_, n) => `198.18.${n}.0/24:443`).join(" ");
  const names = `${ADDRESS}:53/udp *.bench.example`;
  const policy = ["--egress-policy", "block", "--allowed-endpoints", `${names} ${list}`];
  const [open, contained] = [
    new Recording(join(work, "open"), []),
    new Recording(join(work, "contained"), [...policy]),
  ];
  const rows: Record<string, unknown>[] = [];
  for (const { name, job, target } of jobs) {
    const pairs: { readonly open: Times; readonly contained: Times }[] = [];
    for (const recording of [open, contained]) await recording.does(job);
    for (let round = 0; round < rounds; round++) {
      const first = round % 2 === 0 ? await open.does(job) : undefined;
      const second = await contained.does(job);
      pairs.push({ open: first ?? (await open.does(job)), contained: second });
    }
    const ratios = (of: keyof Times): number[] => pairs.map((pair) => pair.contained[of] / pair.open[of]);
    const slowdown = quantile(ratios("wall"), 0.5);
    rows.push({
      job: name,
      "open, s": quantile(
        pairs.map((pair) => pair.open.wall),
        0.5,
      ),
      "contained ÷ open": Number(slowdown.toFixed(3)),
      "quarters of the pairs": [0.25, 0.75].map((share) => quantile(ratios("wall"), share).toFixed(3)).join(" – "),
      "CPU of the job": Number(quantile(ratios("cpu"), 0.5).toFixed(3)),
      target: `≤ ${target}`,
      verdict: slowdown <= target ? "met" : "MISSED",
    });
  }
  const answers = await lookUp(work, open, contained);
  await Promise.all([open.end(), contained.end()]);
  server.stdin.end();
  const said = readFileSync(contained.log, "utf8");
  if (!said.includes('"armed":true') || said.includes('"verdict":"blocked"')) throw new Error("it was not enforced");
  console.table(rows);
  console.table([answers]);
  await mkdir(join(root, "dist/bench"), { recursive: true });
  await writeFile(
    join(root, "dist/bench/block.json"),
    `${JSON.stringify({ rounds, scale, rows, answers }, undefined, 2)}\n`,
  );
  if ([...rows, answers].some(({ verdict }) => verdict === "MISSED")) process.exitCode = 1;
};

if (process.argv[2] === "serve") await runServer();
else {
  const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
  try {
    await measure(work);
  } finally {
    await rm(work, { recursive: true });
  }
}
