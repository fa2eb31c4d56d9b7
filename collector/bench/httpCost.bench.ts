// What reading requests inside TLS costs a client: a download, an upload, and a loop of small requests over one connection,
// each by curl (OpenSSL) against a server outside of what is watched, recorded and plain, in pairs that change their order from
// round to round. The alternative in the same run is bpftrace on the same calls of the library, which prints what they pass.
// A recording that does not tell the requests is a failure, not a cheap run.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 9);
const scale = Number(process.env["BENCH_SCALE"] ?? 1);
const ADDRESS = "127.0.0.93";
const LIBRARY = "/usr/lib/x86_64-linux-gnu/libssl.so.3";

interface Job {
  readonly name: string;
  /** Requests that it makes, all told of in a recording. */
  readonly requests: number;
  readonly curl: readonly string[];
  /** The slowdown is to be at most this. */
  readonly target: number;
}
type Mode = "plain" | "recorded" | "bpftrace";

/** Answers `/N` with N bytes, in pieces that the socket has room for; reads whatever is sent. */
const serve = async (work: string): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", work], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
};

const runServer = async (work: string): Promise<void> => {
  const piece = Buffer.alloc(1 << 18, "x");
  const server = createServer(
    { key: readFileSync(join(work, "key.pem")), cert: readFileSync(join(work, "cert.pem")), keepAliveTimeout: 60_000 },
    (request, response) => {
      let left = Number(request.url?.slice(1).split("/")[0]);
      response.setHeader("content-length", left);
      const send = (): void => {
        while (left > 0) {
          const size = Math.min(left, piece.length);
          left -= size;
          if (!response.write(piece.subarray(0, size))) return void response.once("drain", send);
        }
        response.end();
      };
      request.resume().on("end", send);
    },
  );
  await once(server.listen(0, ADDRESS), "listening");
  process.stdin.on("end", () => process.exit(0)).resume();
  await writeFile(join(work, "port"), String((server.address() as AddressInfo).port));
  process.stdout.write("ready\n");
};

const need = (status: number | null, what: string, said: unknown): void => {
  if (status !== 0) throw new Error(`${what} failed: ${String(said)}`);
};

interface Times {
  /** Seconds that the job itself takes, by the shell's clock, */
  readonly wall: number;
  /** and its seconds of CPU, in which other work of the machine shows less. */
  readonly cpu: number;
}

const timesOf = async (job: Job, prefix: readonly string[]): Promise<Times> => {
  const timed = 'TIMEFORMAT="took %3R %3U %3S"; time curl -sk --http1.1 -o /dev/null "$@"';
  const [program = "", ...args] = [...prefix, "bash", "-c", timed, "bash", ...job.curl];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  need(code, job.name, text);
  const [wall = Number.NaN, user = 0, system = 0] = (/took (.*)/.exec(text)?.[1] ?? "").split(" ").map(Number);
  return { wall, cpu: user + system };
};

const record = async (job: Job, log: string): Promise<Times> => {
  await rm(log, { force: true });
  const prefix = [process.execPath, join(root, "dist/runglass.js"), "record", "--out", log, "--"];
  const times = await timesOf(job, prefix);
  const told = readFileSync(log, "utf8").match(/"type":"http\.request"/g)?.length ?? 0;
  if (told !== job.requests) throw new Error(`${job.name}: ${told} of ${job.requests} requests are told`);
  return times;
};

const PROBES = ["SSL_write", "SSL_read"]
  .map(
    (name) =>
      `uprobe:${LIBRARY}:${name} { @buffer[tid] = arg1; } ` +
      `uretprobe:${LIBRARY}:${name} /@buffer[tid]/ { printf("%d %s %r\\n", pid, "${name}", buf(@buffer[tid], 64)); delete(@buffer[tid]); }`,
  )
  .join(" ");

/** Under bpftrace, once that has attached. */
const trace = async (job: Job, work: string): Promise<Times> => {
  const tracer = spawn(
    "bpftrace",
    ["-o", join(work, "traced"), "-e", `BEGIN { system("echo attached >&2"); } ${PROBES}`, "--unsafe"],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  try {
    await Promise.race([once(tracer.stderr, "data"), once(tracer, "exit")]);
    if (tracer.exitCode !== null) throw new Error(`bpftrace ended with ${tracer.exitCode}`);
    return await timesOf(job, []);
  } finally {
    tracer.kill("SIGINT");
    if (tracer.exitCode === null) await once(tracer, "exit");
  }
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;

const measure = async (work: string): Promise<void> => {
  const openssl = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const made = spawnSync(
    "openssl",
    [...openssl, "-subj", "/CN=bench", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem"],
    {
      cwd: work,
      encoding: "utf8",
    },
  );
  need(made.status, "openssl", made.stderr);
  const server = await serve(work);
  try {
    const url = `https://${ADDRESS}:${readFileSync(join(work, "port"), "utf8")}`;
    const bytes = Math.round(300e6 * scale);
    const loops = Math.round(3000 * scale);
    const upload = join(work, "upload");
    await writeFile(upload, "");
    await truncate(upload, bytes);
    const list = join(work, "list");
    await writeFile(
      list,
      Array.from({ length: loops }, (_, i) => `url = "${url}/100/${i}"\noutput = "/dev/null"\n`).join(""),
    );
    const jobs: readonly Job[] = [
      { name: "download", requests: 1, curl: [`${url}/${bytes}`], target: 1.03 },
      { name: "upload", requests: 1, curl: ["-T", upload, "-H", "Expect:", `${url}/0`], target: 1.03 },
      { name: `loop of ${loops} requests`, requests: loops, curl: ["-K", list], target: 1.1 },
    ];
    const hasBpftrace = spawnSync("bpftrace", ["--version"]).status === 0;
    const rows: Record<string, unknown>[] = [];
    for (const job of jobs) {
      const times: Record<Mode, Times[]> = { plain: [], recorded: [], bpftrace: [] };
      await timesOf(job, []);
      for (let round = 0; round < rounds; round++) {
        if (round % 2 === 0) times.plain.push(await timesOf(job, []));
        times.recorded.push(await record(job, join(work, "run.ndjson")));
        if (round % 2 === 1) times.plain.push(await timesOf(job, []));
        if (hasBpftrace && round % 3 === 0) times.bpftrace.push(await trace(job, work));
      }
      const ratios = (of: keyof Times): number[] =>
        times.recorded.map((one, i) => one[of] / (times.plain[i]?.[of] ?? Number.NaN));
      const wallOf = (of: readonly Times[]): number =>
        quantile(
          of.map(({ wall }) => wall),
          0.5,
        );
      const slowdown = quantile(ratios("wall"), 0.5);
      rows.push({
        job: job.name,
        "plain, s": Number(wallOf(times.plain).toFixed(3)),
        "recorded ÷ plain": Number(slowdown.toFixed(3)),
        "quarters of the pairs": [0.25, 0.75].map((share) => quantile(ratios("wall"), share).toFixed(3)).join(" – "),
        "CPU of the job": Number(quantile(ratios("cpu"), 0.5).toFixed(3)),
        target: `≤ ${job.target}`,
        verdict: slowdown <= job.target ? "met" : "MISSED",
        "bpftrace ÷ plain": Number((wallOf(times.bpftrace) / wallOf(times.plain)).toFixed(2)),
      });
    }
    console.table(rows);
    await mkdir(join(root, "dist/bench"), { recursive: true });
    await writeFile(
      join(root, "dist/bench/httpCost.json"),
      `${JSON.stringify({ rounds, scale, rows }, undefined, 2)}\n`,
    );
    if (rows.some(({ verdict }) => verdict === "MISSED")) process.exitCode = 1;
  } finally {
    server.kill();
  }
};

if (process.argv[2] === "serve") await runServer(process.argv[3] ?? "");
else {
  const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
  try {
    await measure(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
