// A long steady load: what the collector and the sensor's processes (the sensor itself, its attacher and that one's reader)
// need of memory and CPU at 5,000 events a second for a quarter of an hour, with a client that follows the stream, and whether
// anything grows or gets lost. Exits 1 above the target.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createReadStream, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { FileWrite } from "../protocol/events.ts";
import { changesOf } from "../protocol/foldedFiles.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const seconds = Number(process.env["BENCH_SECONDS"] ?? 900);
const RATE = 5_000;
const MOST_MB = 150;
const SAMPLE_MS = 5_000;
const TOKEN = "a-token-for-the-soak-benchmark";

interface Sample {
  /** Seconds since the load began. */
  readonly at: number;
  readonly collectorMB: number;
  /** Of the sensor's processes together. */
  readonly sensorMB: number;
}
interface Doings {
  runs: number;
  connections: number;
  files: number;
}

/** Of memory that several processes have mapped, its part of it, in MB: the rings, which all of the sensor's have, count once. */
const shareOf = (pid: number): number =>
  Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1]) / 1000;

/** Resident now, in MB. */
const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1000;

/** Seconds of CPU so far. */
const cpuOf = (pid: number): number => {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** Waits for a child of that name: a process that was just made still has its parent's. */
const childNamed = async (parent: number, name: string): Promise<number> => {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(50)) {
    for (const pid of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
      const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
      const [, itsParent] = text.slice(text.lastIndexOf(")") + 2).split(" ");
      if (text.includes(`(${name.slice(0, 15)})`) && Number(itsParent) === parent) return Number(pid);
    }
  }
  throw new Error(`the collector has no process ${name}`);
};

/** A process and all below it. */
const familyOf = (pid: number): number[] => {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
};
const sumOf = (pids: readonly number[], of: (pid: number) => number): number =>
  pids.reduce((sum, pid) => sum + of(pid), 0);

/** What the log tells of the workload's doings, and what it says was lost. */
const countLog = async (path: string): Promise<Doings & { events: number; lost: number }> => {
  const counts = { runs: 0, connections: 0, files: 0, events: 0, lost: 0 };
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const event = JSON.parse(line) as {
      type: string;
      lost?: number;
      result?: string;
      exec?: { argv: string[] };
    };
    counts.events += 1;
    if (event.type === "loss") counts.lost += event.lost ?? 0;
    else if (event.exec?.argv[0] === "step") counts.runs += 1;
    else if (event.type === "net.connect" && event.result === "ok") counts.connections += 1;
    else if (event.type === "file.write") {
      for (const change of changesOf(event as unknown as FileWrite)) {
        if (/\/f\d{7}$/.test(change.path)) counts.files += 1;
      }
    }
  }
  return counts;
};

/** Follows the run's stream as any client does; resolves with the number of events when the stream has ended. */
const follow = async (url: string): Promise<number> => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const { runs } = (await (await fetch(`${url}/v1/runs`, { headers })).json()) as { runs: { id: string }[] };
  const response = await fetch(`${url}/v1/runs/${runs[0]?.id ?? ""}/events`, { headers });
  let events = 0;
  let rest = "";
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("id: ")) events += 1;
  }
  return events;
};

const untilSaid = async (child: ChildProcess, said: () => string, mark: RegExp): Promise<string> => {
  for (;;) {
    const found = mark.exec(said());
    if (found !== null) return found[1] ?? found[0];
    if (child.exitCode !== null) throw new Error(`the recording ended: ${said()}`);
    await sleep(20);
  }
};

const measure = async (work: string, files: string): Promise<void> => {
  const [load, control, log, token] = ["steadyLoad", "control", "run.ndjson", "token"].map((name) =>
    join(work, name),
  ) as [string, string, string, string];
  const built = spawnSync("cc", ["-O2", "-static", "-pthread", "-o", load, join(root, "collector/bench/steadyLoad.c")]);
  if (built.status !== 0 || spawnSync("mkfifo", [control]).status !== 0) throw new Error(`cc failed: ${built.stderr}`);
  await mkdir(files, { recursive: true });
  await writeFile(token, TOKEN, { mode: 0o600 });
  const args = [
    join(root, "dist/runglass.js"),
    "record",
    "--out",
    log,
    "--listen",
    "127.0.0.1:0",
    "--token-file",
    token,
  ];
  const recording = spawn(process.execPath, [...args, "--", load, control, files], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  recording.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = once(recording, "exit") as Promise<[number | null]>;
  try {
    const url = await untilSaid(recording, () => text, /listening on (\S+)/);
    const collector = recording.pid ?? 0;
    const sensor = await childNamed(collector, "runglass-sensor");
    const fifo = await open(control, "w");
    const followed = follow(url);
    const sensorFamily = familyOf(sensor);
    const cpuBefore = [cpuOf(collector), sumOf(sensorFamily, cpuOf)] as const;
    const start = performance.now();
    await fifo.write(`${RATE} ${seconds}\n`);
    const samples: Sample[] = [];
    while (!text.includes('{"steadyLoad"')) {
      if (recording.exitCode !== null) throw new Error(`the recording ended: ${text}`);
      const at = Math.round((performance.now() - start) / 1000);
      samples.push({ at, collectorMB: memoryOf(collector), sensorMB: sumOf(sensorFamily, shareOf) });
      await sleep(Math.min(SAMPLE_MS, (seconds * 1000) / 4));
    }
    const wall = (performance.now() - start) / 1000;
    const cpu = [(cpuOf(collector) - cpuBefore[0]) / wall, (sumOf(sensorFamily, cpuOf) - cpuBefore[1]) / wall] as const;
    await fifo.close();
    const [code] = await ended;
    if (code !== 0) throw new Error(`the recording ended with ${code}: ${text}`);
    const done = JSON.parse(/^\{"steadyLoad".*\}$/m.exec(text)?.[0] ?? "{}") as Doings;
    const counts = await countLog(log);
    for (const doing of ["runs", "connections", "files"] as const) {
      if (!(done[doing] > 0) || counts[doing] !== done[doing])
        throw new Error(`the log has ${counts[doing]} of ${done[doing]} ${doing}, ${counts.lost} lost`);
    }
    const events = await followed;
    if (events !== counts.events) throw new Error(`the client got ${events} of ${counts.events} events`);
    const most = samples.reduce((high, { collectorMB, sensorMB }) => Math.max(high, collectorMB + sensorMB), 0);
    const mean = (from: number, to: number): number => {
      const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
      return part.reduce((sum, { collectorMB, sensorMB }) => sum + collectorMB + sensorMB, 0) / part.length;
    };
    const figures = {
      seconds: Math.round(wall),
      // A program that was run and a connection are two events each. A burst of file changes stands in one event of the log.
      "events/s done": Math.round((2 * done.runs + 2 * done.connections + done.files) / wall),
      "events/s in the log": Math.round(counts.events / wall),
      lost: counts.lost,
      "log, MB": Math.round((await stat(log)).size / 1e6),
      "collector and sensor, most resident MB": Math.round(most),
      "the sensor's processes": sensorFamily.length,
      "of these MB the sensor's": Math.round(samples.at(-1)?.sensorMB ?? Number.NaN),
      "mean MB in the second quarter": Math.round(mean(0.25, 0.5)),
      "mean MB in the last quarter": Math.round(mean(0.75, 1)),
      "CPU of the collector, cores": Number(cpu[0].toFixed(3)),
      "CPU of the sensor's processes, cores": Number(cpu[1].toFixed(3)),
    };
    console.table(figures);
    console.log(`Most memory: ${Math.round(most)} MB (target ≤ ${MOST_MB}: ${most <= MOST_MB ? "met" : "MISSED"})`);
    if (!(most <= MOST_MB)) process.exitCode = 1;
    await mkdir(join(root, "dist/bench"), { recursive: true });
    await writeFile(join(root, "dist/bench/soak.json"), `${JSON.stringify({ figures, samples }, undefined, 2)}\n`);
  } finally {
    if (recording.exitCode === null) recording.kill("SIGTERM");
    await ended;
  }
};

const work = await mkdtemp(join(tmpdir(), "runglass-bench-"));
const files = join("/dev/shm", `runglass-bench-${process.pid}`);
try {
  await measure(work, files);
} finally {
  await rm(work, { recursive: true, force: true });
  await rm(files, { recursive: true, force: true });
}
