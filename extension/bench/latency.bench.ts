// From a kernel event to its painted row: a real workload under `runglass record`, followed by the packaged extension in a
// real VS Code, at 100 and at 5,000 events a second. Runner and page share one machine and one clock: the time of a kernel
// event is the event's own `t`, and the page says when the frame that shows it was painted. Delays are those of the log's
// lines, also of the few that tell of bursts of files, which wait for a fifth of a second by design. The alternative in
// the same run is a bare client of the event stream, as `curl -N` in a terminal is; it and a look at the log on the disk
// also tell where the time goes.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/setup/paths.mjs";
import { startRecording } from "../test/vscode/collector.ts";
import { Workbench } from "../test/vscode/workbench.ts";
import { startDetachableBrowser } from "./detachableBrowser.ts";
import { measuredVsix, startEditor } from "./editorWindow.ts";
import { playPhases, readTold, untilCalm, type Phase, type Played, type Told } from "./latencyRun.ts";
import type { Sighting } from "./logReaders.ts";
import { findMonitor, installProbe, readProbe, untilPainted, watchFrames, type Seen } from "./monitorProbe.ts";
import { greatest, median, percentile } from "./percentiles.ts";
import { report, scale, type Figure } from "./report.ts";

/** The middle one tells how far this machine is from the last. */
const RATES = [100, 2_500, 5_000];
const SECONDS = Math.max(2, 15 * scale);
/** Clocks that are further apart than this make the figures worthless. */
const MAX_CLOCK_ERROR_MS = 2;

/** Milliseconds from each event to the first sighting of it, or of a later one. Throws for an event that nobody saw. */
const delays = (
  events: readonly Told[],
  sightings: readonly Sighting[],
  numberOf: (event: Told) => number,
): number[] => {
  let at = 0;
  return events.map((event) => {
    const number = numberOf(event);
    while (at < sightings.length && (sightings[at]?.[0] ?? 0) < number) at += 1;
    const seen = sightings[at];
    if (seen === undefined) throw new Error(`event ${event.seq} was not seen`);
    return seen[1] - event.t;
  });
};

const seqOf = ({ seq }: Told): number => seq;

/** A message was there in whole when it came: its last seq is the one before the next message's first. */
const arrivalsAsSightings = ({ arrivals }: Seen, lastSeq: number): Sighting[] =>
  arrivals.map(([, at], i) => [(arrivals[i + 1]?.[0] ?? lastSeq + 1) - 1, at]);

const frameGaps = ({ frames }: Seen, { from, to }: Phase): number[] =>
  frames.slice(1).flatMap((at, i) => (at >= from && at <= to ? [at - (frames[i] ?? at)] : []));

const ownLongTasks = ({ longTasks }: Seen, { from, to }: Phase): number[] =>
  longTasks.flatMap(([at, ms, own]) => (own && at >= from && at <= to ? [ms] : []));

interface Stage {
  readonly stage: string;
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const stageOf = (stage: string, values: readonly number[]): Stage => ({
  stage,
  events: values.length,
  p50: Number(median(values).toFixed(1)),
  p99: Number(percentile(values, 0.99).toFixed(1)),
  max: Number(greatest(values).toFixed(1)),
});

const inPhase = (told: readonly Told[], { from, to }: Phase): Told[] => told.filter(({ t }) => t >= from && t <= to);

/** What the page alone shows of one rate. */
const figuresOf = (phase: Phase, told: readonly Told[], seen: Seen): Figure[] => {
  const events = inPhase(told, phase);
  const painted = delays(
    events,
    seen.paints.map(([seq, , at]) => [seq, at]),
    seqOf,
  );
  const bursts = painted.filter((_, i) => (events[i]?.events ?? 1) > 1);
  const runs = events.filter(({ run }) => run > 0);
  const rows = delays(runs, seen.runs, ({ run }) => run);
  const at = `at ${phase.rate.toLocaleString("en-US")}/s`;
  const perSecond = (count: number): number => (count * 1000) / (phase.to - phase.from);
  const all = events.reduce((sum, line) => sum + line.events, 0);
  return [
    { what: `events taken ${at}`, value: perSecond(all), unit: "events/s" },
    { what: `lines that tell of them ${at}`, value: perSecond(events.length), unit: "lines/s" },
    { what: `kernel event to painted, ${at}: p50`, value: median(painted), unit: "ms", atMost: 50 },
    { what: `kernel event to painted, ${at}: p99`, value: percentile(painted, 0.99), unit: "ms", atMost: 120 },
    { what: `kernel event to painted, ${at}: most`, value: greatest(painted), unit: "ms" },
    { what: `program run to its own row on the screen, ${at}: p50`, value: median(rows), unit: "ms", atMost: 50 },
    {
      what: `program run to its own row on the screen, ${at}: p99`,
      value: percentile(rows, 0.99),
      unit: "ms",
      atMost: 120,
    },
    ...(bursts.length === 0
      ? []
      : [{ what: `first file of a burst to painted, ${at}: p50`, value: median(bursts), unit: "ms" }]),
    {
      what: `longest task of the page ${at} (0: none of 50 ms)`,
      value: greatest(ownLongTasks(seen, phase)),
      unit: "ms",
      atMost: 50,
    },
  ];
};

/** Whether the page goes on: looked at only beside the other readers, because it makes the page draw every frame. */
const frameFigures = (phase: Phase, seen: Seen): Figure[] => {
  const gaps = frameGaps(seen, phase);
  const at = `at ${phase.rate.toLocaleString("en-US")}/s with all readers`;
  return [
    { what: `time between two frames ${at}: p99`, value: percentile(gaps, 0.99), unit: "ms" },
    { what: `time between two frames ${at}: most`, value: greatest(gaps), unit: "ms", atMost: 50 },
  ];
};

/** Where the time goes: each stage counts from the kernel event. Of the page alone only what the page itself knows. */
const stagesOf = (phase: Phase, told: readonly Told[], seen: Seen, played: Played): Stage[] => {
  const events = inPhase(told, phase);
  const last = told.at(-1)?.seq ?? 0;
  const paints = seen.paints.map(([seq, , at]): Sighting => [seq, at]);
  const page = [
    stageOf("page has it", delays(events, arrivalsAsSightings(seen, last), seqOf)),
    stageOf("painted", delays(events, paints, seqOf)),
  ];
  if (!phase.readers) return page;
  return [
    stageOf("line in the log on disk", delays(events, played.seen.disk, seqOf)),
    stageOf("bare client of the stream has it", delays(events, played.seen.stream, seqOf)),
    ...page,
  ];
};

const measure = async (work: string, files: string): Promise<void> => {
  const [log, control, load] = [join(work, "run.ndjson"), join(work, "control"), join(work, "steadyLoad")];
  const source = join(root, "collector/bench/steadyLoad.c");
  execFileSync("cc", ["-O2", "-static", "-pthread", "-o", load, source], { stdio: "inherit" });
  execFileSync("mkfifo", [control]);
  await mkdir(files, { recursive: true });
  const workspace = join(work, "workspace");
  await mkdir(join(workspace, ".runglass"), { recursive: true });
  await writeFile(join(workspace, ".runglass/session"), "");

  const collector = await startRecording([load, control, files], { directory: work, out: log });
  try {
    const connect = join(work, "connect.json");
    await writeFile(connect, JSON.stringify({ url: collector.url, token: collector.token }), { mode: 0o600 });
    const editor = await startEditor({ packages: [measuredVsix], env: { RUNGLASS_CONNECT: connect } });
    const browser = await startDetachableBrowser(work);
    try {
      const page = await browser.attach();
      await installProbe(page);
      await Workbench.open(page, editor.server.url(workspace));
      await untilPainted(await findMonitor(page), 1);
      await browser.detach();
      await untilCalm();
      const between = async (): Promise<void> => {
        await watchFrames(await findMonitor(await browser.attach()), true);
        await browser.detach();
      };
      const played = await playPhases(collector, { control, log, rates: RATES, seconds: SECONDS, between });
      if ((await collector.ended) !== 0) throw new Error(`the recording failed: ${collector.said()}`);
      const told = await readTold(log, played.done);
      const monitor = await findMonitor(await browser.attach());
      await untilPainted(monitor, told.at(-1)?.seq ?? 0);
      const before = Date.now();
      const seen = await readProbe(monitor);
      const clockError = Math.max(before - seen.clock, seen.clock - Date.now());
      if (clockError > MAX_CLOCK_ERROR_MS) throw new Error(`the page's clock is ${clockError} ms off`);

      const stages: Record<string, Stage[]> = {};
      for (const phase of played.phases) {
        const table = stagesOf(phase, told, seen, played);
        const beside = phase.readers ? "all readers at once" : "the page alone";
        if (phase.readers) stages[phase.rate] = table;
        console.log(`Milliseconds from the kernel event, at ${phase.rate} events/s, with ${beside}:`);
        console.table(table);
      }
      console.log("Processors used with the page alone:");
      console.table(
        Object.fromEntries(played.phases.filter(({ readers }) => !readers).map(({ rate, cpu }) => [`${rate}/s`, cpu])),
      );
      const alone = played.phases.filter(({ readers }) => !readers);
      const figures = alone.flatMap((phase) => figuresOf(phase, told, seen));
      figures.push(...played.phases.filter(({ readers }) => readers).flatMap((phase) => frameFigures(phase, seen)));
      const ratios = Object.entries(stages).map(([rate, [, client, , painted]]): Figure => {
        const what = `painted ÷ bare client of the stream at ${rate}/s: p50`;
        return { what, value: (painted?.p50 ?? Number.NaN) / (client?.p50 ?? Number.NaN), unit: "×" };
      });
      await report("latency", [...figures, ...ratios], { seconds: SECONDS, stages });
    } finally {
      await browser.close();
      await editor.close();
    }
  } finally {
    await collector.stop();
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
