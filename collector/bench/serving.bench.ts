// The log and the event stream: how fast events are written, how fast a run is replayed, and how long an event takes
// from its append to a client's socket. Each client is a thread of its own with a plain HTTP connection; every figure
// comes with a check that all events arrived, once and in order.
import { once } from "node:events";
import { request } from "node:http";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { startHttpServer } from "../src/http/server.ts";
import { openRecordedLog } from "../src/log/recordedLog.ts";
import { createRunLog, type RunLog } from "../src/log/runLog.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TOKEN = "bench-token-0123456789";
const EVENTS = 1_000_000;

const now = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

const event = (seq: number): string =>
  `{"v":1,"seq":${seq},"t":${now()},"type":"file.write","process":"4711-1f","file":{"op":"create",` +
  `"path":"/home/runner/work/repo/repo/node_modules/@scope/package-${seq % 997}/dist/lib/module-${seq}.js"}}\n`;

const batch = (first: number, count: number): string => {
  let text = "";
  for (let seq = first; seq < first + count; seq++) text += event(seq);
  return text;
};

interface ClientResult {
  readonly events: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Microseconds from the event's time to its arrival. */
  readonly latencies: readonly number[];
}

/** To the main thread; a worker's port knows no origin. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin
const report = (message: unknown): void => parentPort?.postMessage(message);

/** The client thread: reads until `until` events have come. */
const runClient = ({ url, until }: { url: string; until: number }): void => {
  request(url, { headers: { authorization: `Bearer ${TOKEN}` } }, (response) => {
    let rest = "";
    let last = 0;
    let bytes = 0;
    const latencies: number[] = [];
    const started = performance.now();
    response.setEncoding("latin1").on("data", (chunk: string) => {
      const arrived = now();
      bytes += chunk.length;
      const text = rest + chunk;
      const end = text.lastIndexOf("\n\n") + 1;
      rest = text.slice(end);
      for (const [, seq, t] of text.slice(0, end).matchAll(/^data: \{"v":1,"seq":(\d+),"t":(\d+)/gm)) {
        if (Number(seq) !== ++last) throw new Error(`event ${seq} came as number ${last}`);
        latencies.push(arrived - Number(t));
      }
      if (last < until) return;
      report({ events: last, bytes, seconds: (performance.now() - started) / 1000, latencies });
      response.destroy();
    });
    report("connected");
  }).end();
};

const startClient = async (url: string, until: number): Promise<{ result: Promise<ClientResult> }> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url, until } });
  await once(worker, "message");
  return { result: once(worker, "message").then(([message]) => message as ClientResult) };
};

const percentile = (sorted: readonly number[], p: number): number =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN) / 1000;

const writeAll = async (log: RunLog, events: number, size: number): Promise<number> => {
  const texts = Array.from({ length: events / size }, (_, i) => batch(i * size + 1, size));
  const started = performance.now();
  for (const text of texts) {
    while (!log.append(Buffer.from(text), size)) await sleep(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await log.flush();
  return (performance.now() - started) / 1000;
};

const steady = async (log: RunLog, perSecond: number, seconds: number): Promise<void> => {
  const started = performance.now();
  let seq = 1;
  while (seq <= perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - started) / 1000) * perSecond));
    if (due >= seq) {
      log.append(Buffer.from(batch(seq, due - seq + 1)), due - seq + 1);
      seq = due + 1;
    }
    await sleep(1);
  }
};

const main = async (): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), "runglass-bench-"));
  const results: Record<string, number> = {};
  const say = (name: string, value: number, unit: string): void => {
    results[name] = value;
    console.log(
      `${name.padEnd(44)} ${value.toLocaleString("en-US", { maximumFractionDigits: 2 }).padStart(12)} ${unit}`,
    );
  };
  const withLog = async (name: string, body: (log: RunLog, url: string) => Promise<void>): Promise<void> => {
    const log = await createRunLog(join(directory, `${name}.ndjson`), "bench");
    const runs = (): readonly { id: string; title: string; log: RunLog }[] => [{ id: "bench", title: name, log }];
    const server = await startHttpServer({ host: "127.0.0.1", port: 0, token: TOKEN, version: "bench", runs });
    await body(log, `${server.url}/v1/runs/bench/events`);
    await server.close(0);
    await log.close();
  };

  try {
    await withLog("write", async (log, url) => {
      const seconds = await writeAll(log, EVENTS, 200);
      const megabytes = log.published.offset / 1e6;
      say("append", EVENTS / seconds, "events/s");
      say("append, bytes", megabytes / seconds, "MB/s");
      const { result } = await startClient(url, EVENTS);
      const replay = await result;
      say("replay to one client", replay.events / replay.seconds, "events/s");
      say("replay to one client, bytes", replay.bytes / 1e6 / replay.seconds, "MB/s");
      await log.end();
    });
    const opening = performance.now();
    const opened = await openRecordedLog(join(directory, "write.ndjson"));
    if (opened.log.published.seq !== EVENTS) throw new Error("the log does not hold what was written");
    say("open and check a log of 1,000,000 events", (performance.now() - opening) / 1000, "s");
    await opened.close();

    for (const clients of [1, 8, 32]) {
      await withLog(`steady-${clients}`, async (log, url) => {
        const rate = 5_000;
        const seconds = 6;
        const started = await Promise.all(Array.from({ length: clients }, () => startClient(url, rate * seconds)));
        const cpu = process.cpuUsage();
        await steady(log, rate, seconds);
        const all = await Promise.all(started.map(({ result }) => result));
        const { user, system } = process.cpuUsage(cpu);
        const latencies = all.flatMap((result) => result.latencies).toSorted((a, b) => a - b);
        say(`append to client, ${clients} at 5,000/s: p50`, percentile(latencies, 0.5), "ms");
        say(`append to client, ${clients} at 5,000/s: p99`, percentile(latencies, 0.99), "ms");
        say(`CPU with its ${clients} client threads`, (user + system) / 1e6 / seconds, "cores");
      });
    }
    await mkdir(join(root, "dist/bench"), { recursive: true });
    await writeFile(join(root, "dist/bench/serving.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

if (isMainThread) await main();
else runClient(workerData as { url: string; until: number });
