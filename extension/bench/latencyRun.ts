// The recording of the latency benchmark: plays the workload's phases, and reads back from the log what they did.
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "../test/vscode/collector.ts";
import { cpuShares, cpuTimes, type CpuTimes } from "./cpuShares.ts";
import { startReader, type Reader, type ReaderKind, type Sighting } from "./logReaders.ts";
import type { FileWrite } from "../../collector/protocol/events.ts";
import { changesOf } from "../../collector/protocol/foldedFiles.ts";

export interface Phase {
  readonly rate: number;
  /** Whether the other readers ran beside the page. */
  readonly readers: boolean;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Processors that each part used. */
  readonly cpu: CpuTimes;
}

/** What the workload has done so far. */
export interface Done {
  readonly runs: number;
  readonly connections: number;
  readonly files: number;
}

export interface Played {
  readonly phases: readonly Phase[];
  readonly done: Done;
  readonly seen: Readonly<Record<ReaderKind, readonly Sighting[]>>;
}

/**
 * One line of the log: its time in milliseconds since the epoch, and the workload's number where it is a program run. A line
 * that tells of a burst of files has the time of the first of them, and waits in the collector for the others.
 */
export interface Told {
  readonly seq: number;
  readonly t: number;
  readonly run: number;
  /** Events of the kernel that it tells of. */
  readonly events: number;
}

const kinds = ["disk", "stream"] as const;

const doneLines = (said: string): Done[] =>
  [...said.matchAll(/^\{"steadyLoad".*\}$/gm)].map(([line]) => JSON.parse(line) as Done);

const runPath = async ({ url, token }: Collector): Promise<string> => {
  const response = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${token}` } });
  const { runs } = (await response.json()) as { runs: { id: string }[] };
  return `${url}/v1/runs/${runs[0]?.id ?? ""}/events`;
};

/** Processors that an editor with nothing to do may use. */
const CALM = 0.15;
const CALM_MS = 2000;
const MOST_CALMING_MS = 60_000;

/** Waits until a window that was just opened has done what it does after it is shown: the first measure would be of that. */
export const untilCalm = async (): Promise<void> => {
  for (const deadline = Date.now() + MOST_CALMING_MS; ;) {
    const before = await cpuTimes();
    const from = Date.now();
    await sleep(CALM_MS);
    const used = cpuShares(before, await cpuTimes(), (Date.now() - from) / 1000);
    const busy = Object.values(used).reduce((sum, share) => sum + Math.max(0, share), 0);
    if (busy < CALM) return;
    if (Date.now() > deadline) throw new Error(`the machine does not come to rest: ${JSON.stringify(used)}`);
  }
};

export interface PhasesOptions {
  /** The workload waits at this FIFO. */
  readonly control: string;
  readonly log: string;
  readonly rates: readonly number[];
  readonly seconds: number;
  /** Called when the page alone has been measured, before the other readers come. */
  readonly between: () => Promise<void>;
}

/**
 * At each rate, after a second to warm up, `seconds` with the page alone; then the same with the other readers beside it.
 * The page must be open.
 */
export const playPhases = async (collector: Collector, options: PhasesOptions): Promise<Played> => {
  const { control, log, rates, seconds, between } = options;
  const url = await runPath(collector);
  const fifo = await open(control, "w");
  const play = async (rate: number, length: number): Promise<Omit<Phase, "readers">> => {
    const before = doneLines(collector.said()).length;
    const cpuBefore = await cpuTimes();
    const from = Date.now();
    await fifo.write(`${rate} ${length}\n`);
    while (doneLines(collector.said()).length === before) {
      if (!collector.isRunning()) throw new Error(`the recording ended: ${collector.said()}`);
      await sleep(20);
    }
    const to = Date.now();
    const cpu = cpuShares(cpuBefore, await cpuTimes(), (to - from) / 1000);
    await sleep(700);
    return { rate, from, to, cpu };
  };
  const phases: Phase[] = [];
  for (const rate of rates) {
    await play(rate, 1);
    phases.push({ ...(await play(rate, seconds)), readers: false });
  }
  await between();
  const readers: Partial<Record<ReaderKind, Reader>> = {};
  for (const kind of kinds) readers[kind] = await startReader({ kind, path: log, url, token: collector.token });
  for (const rate of rates) {
    await play(rate, 1);
    phases.push({ ...(await play(rate, seconds)), readers: true });
  }
  const seen = { disk: (await readers.disk?.stop()) ?? [], stream: (await readers.stream?.stop()) ?? [] };
  await fifo.close();
  const done = doneLines(collector.said()).at(-1);
  if (done === undefined) throw new Error("the workload said nothing");
  return { phases, done, seen };
};

interface LogLine {
  readonly seq: number;
  readonly t: number;
  readonly type: string;
  readonly lost?: number;
  readonly result?: string;
  readonly exec?: { readonly argv: readonly string[] };
}

/** How many files of the workload a line tells of. */
const filesOf = (line: LogLine): number =>
  line.type === "file.write"
    ? [...changesOf(line as unknown as FileWrite)].filter(({ path }) => /\/f\d{7}$/.test(path)).length
    : 0;

/** Which of the workload's doings a line tells of. */
const doingOf = ({ type, result, exec }: LogLine): "runs" | "connections" | undefined => {
  if (exec?.argv[0] === "step") return "runs";
  return type === "net.connect" && result === "ok" ? "connections" : undefined;
};

/** All events of the run. Throws where the log does not hold exactly what the workload did. */
export const readTold = async (path: string, done: Done): Promise<Told[]> => {
  const told: Told[] = [];
  const counts = { runs: 0, connections: 0, files: 0 };
  let lost = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const event = JSON.parse(line) as LogLine;
    const doing = doingOf(event);
    if (doing !== undefined) counts[doing] += 1;
    const files = filesOf(event);
    counts.files += files;
    lost += event.lost ?? 0;
    const run = doing === "runs" ? Number.parseInt(event.exec?.argv[2] ?? "", 10) : 0;
    told.push({ seq: event.seq, t: event.t / 1000, run, events: Math.max(1, files) });
  }
  for (const doing of ["runs", "connections", "files"] as const) {
    if (done[doing] > 0 && counts[doing] === done[doing]) continue;
    throw new Error(`the log has ${counts[doing]} of ${done[doing]} ${doing}, ${lost} lost: was the sensor attached?`);
  }
  return told;
};
