// How fast one Node thread turns frames into lines of a log, without a sensor: `node collector/test/frames/throughput.ts`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventLog } from "../../src/events/eventLog.ts";
import { Pipeline } from "../../src/events/pipeline.ts";
import { createRunLog } from "../../src/log/runLog.ts";
import { FrameReader } from "../../src/sensor/frames.ts";
import * as encode from "./encode.ts";

const CHUNK = 65_536;
const parent = { pid: 1000, start: 5_000_000_000 };

const chunksOf = (frames: readonly Buffer[]): Buffer[] => {
  const all = Buffer.concat(frames);
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, i) => all.subarray(i * CHUNK, (i + 1) * CHUNK));
};

const files = (n: number): Buffer[] =>
  Array.from({ length: n }, (_, i) =>
    encode.file(
      { ...parent, time: encode.TIME + i },
      "write",
      `/home/runner/work/repo/node_modules/pkg-${i % 977}/dist/index-${i}.js`,
    ),
  );
const execs = (n: number): Buffer[] =>
  Array.from({ length: n }, (_, i) => {
    const child = { pid: 2000 + (i % 30_000), start: 6_000_000_000 + i * 90_000, time: encode.TIME + i * 90 };
    const argv = ["/usr/bin/git", "-c", "core.pager=cat", "log", "--format=%H", `--max-count=${i}`];
    return [
      encode.fork(child, parent),
      encode.exec(child, { parent, exe: "/usr/bin/git", argv, cwd: "/home/runner/work/repo" }),
      encode.exit(child),
    ];
  }).flat();
const connects = (n: number): Buffer[] =>
  Array.from({ length: n }, (_, i) => {
    const who = { ...parent, time: encode.TIME + i };
    return [
      encode.connect(who, { flow: 7000 + i, remote: "198.51.100.7", remotePort: 443 }),
      encode.result(who, 7000 + i, 0),
      encode.close(who, 7000 + i, 512, 4096, 1500),
    ];
  }).flat();

const measure = async (name: string, n: number, frames: readonly Buffer[]): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "runglass-bench-"));
  const log = await createRunLog(join(folder, "run.ndjson"), "bench", { boundBytes: 1 << 30 });
  const events = new EventLog(log);
  const pipeline = new Pipeline(events);
  const reader = new FrameReader((frame) => pipeline.take(frame));
  reader.push(Buffer.concat([encode.hello(), encode.exec(parent, { exe: "/usr/bin/node" })]));
  const chunks = chunksOf(frames);
  const began = performance.now();
  const cpu = process.cpuUsage();
  for (const chunk of chunks) {
    reader.push(chunk);
    events.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const decoded = performance.now() - began;
  events.end(Date.now() * 1000);
  await log.end();
  const total = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const rate = (ms: number): string => Math.round((n / ms) * 1000).toLocaleString("en");
  console.log(
    `${name}: ${rate(decoded)}/s decoded and handed over, ${rate(total)}/s until on disk; ` +
      `${((user + system) / n).toFixed(2)} µs CPU each, lost ${events.lost}`,
  );
  await log.close();
  rmSync(folder, { recursive: true });
};

for (let round = 0; round < 3; round++) {
  await measure("file events", 1_000_000, files(1_000_000));
  await measure("execs (fork, exec, exit)", 100_000, execs(100_000));
  await measure("connects (connect, result, close)", 200_000, connects(200_000));
}
