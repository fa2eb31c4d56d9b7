// The benchmarks' side of `webview/bench/pageProbe.ts`: puts it into the window and reads what it has seen.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { transform } from "esbuild";
import type { Frame, Page } from "playwright-core";
import { root } from "../scripts/setup/paths.mjs";

/** All times are milliseconds since the epoch. */
export interface Seen {
  /** The page's clock as it was read. */
  readonly clock: number;
  readonly paints: readonly (readonly [seq: number, rows: number, at: number])[];
  readonly runs: readonly (readonly [run: number, at: number])[];
  readonly arrivals: readonly (readonly [firstSeq: number, at: number])[];
  readonly longTasks: readonly (readonly [at: number, ms: number, own: boolean])[];
  readonly frames: readonly number[];
}

interface Probed {
  readonly runglass: { readonly seq: number; readonly rows: number; readonly listed: number };
  readonly runglassProbe:
    | (Omit<Seen, "clock"> & {
        readonly clock: () => number;
        readonly watchFrames: (on: boolean) => void;
        readonly filter: (text: string) => Promise<{ readonly ms: number; readonly count: string }>;
      })
    | undefined;
}

/** Call before the window is opened. */
export const installProbe = async (page: Page): Promise<void> => {
  const source = await readFile(join(root, "webview/bench/pageProbe.ts"), "utf8");
  const { code } = await transform(source, { loader: "ts", format: "iife", target: "chrome132" });
  await page.addInitScript(code);
};

/** Waits for a monitor that is none of `known`. */
export const findMonitor = async (page: Page, known: readonly Frame[] = []): Promise<Frame> => {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(20)) {
    for (const frame of page.frames()) {
      if (known.includes(frame)) continue;
      const armed = frame.evaluate(() => (globalThis as unknown as Probed).runglassProbe !== undefined);
      // Frames come and go while a webview loads.
      if (await armed.catch(() => false)) return frame;
    }
  }
  throw new Error("no monitor page in the window");
};

/** seq of the newest event that the page has painted. */
export const paintedSeq = (monitor: Frame): Promise<number> =>
  monitor.evaluate(() => (globalThis as unknown as Probed).runglass.seq);

export const untilPainted = async (monitor: Frame, seq: number, timeoutMs = 120_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while ((await paintedSeq(monitor)) < seq) {
    if (Date.now() > deadline) throw new Error(`the page has painted ${await paintedSeq(monitor)} of ${seq} events`);
    await sleep(50);
  }
};

export const watchFrames = (monitor: Frame, on: boolean): Promise<void> =>
  monitor.evaluate((wanted) => (globalThis as unknown as Probed).runglassProbe?.watchFrames(wanted), on);

export const readProbe = (monitor: Frame): Promise<Seen> =>
  monitor.evaluate(() => {
    const probe = (globalThis as unknown as Probed).runglassProbe;
    if (probe === undefined) throw new Error("the page has no probe");
    const { paints, runs, arrivals, longTasks, frames } = probe;
    return { clock: probe.clock(), paints, runs, arrivals, longTasks, frames };
  });

/** Sets the filter; milliseconds from the input to the painted result, and the words of the count. */
export const filterMonitor = (monitor: Frame, text: string): Promise<{ readonly ms: number; readonly count: string }> =>
  monitor.evaluate((filter) => {
    const probe = (globalThis as unknown as Probed).runglassProbe;
    if (probe === undefined) throw new Error("the page has no probe");
    return probe.filter(filter);
  }, text);
