// Scrolls what is under the mouse as a user does, and looks at the frames meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, Page } from "playwright-core";
import { greatest, percentile } from "./percentiles.ts";

export interface Smoothness {
  readonly framesPerSecond: number;
  /** Milliseconds between two frames. */
  readonly p99: number;
  readonly most: number;
}

const WHEEL_EVERY_MS = 16;

interface Timed {
  readonly requestAnimationFrame: (callback: (at: number) => void) => void;
  benchFrames?: number[] | undefined;
}

/** Notes the start of each frame of `where` in its `benchFrames`, until that is gone. */
const startWatching = (where: Frame): Promise<void> =>
  where.evaluate(() => {
    const page = globalThis as unknown as Timed;
    const frames: number[] = [];
    page.benchFrames = frames;
    const next = (at: number): void => {
      frames.push(at);
      if (page.benchFrames === frames) page.requestAnimationFrame(next);
    };
    page.requestAnimationFrame(next);
  });

const stopWatching = (where: Frame): Promise<number[]> =>
  where.evaluate(() => {
    const page = globalThis as unknown as Timed;
    const frames = page.benchFrames ?? [];
    page.benchFrames = undefined;
    return frames;
  });

/** Turns the wheel by `pixels` every 16 ms for `ms`; the mouse must stand where it is to scroll. */
export const scrollByWheel = async (page: Page, where: Frame, pixels: number, ms: number): Promise<Smoothness> => {
  await startWatching(where);
  const turns = Math.round(ms / WHEEL_EVERY_MS);
  for (let turn = 0; turn < turns; turn++) {
    const started = performance.now();
    await page.mouse.wheel(0, pixels);
    await sleep(Math.max(0, WHEEL_EVERY_MS - (performance.now() - started)));
  }
  const frames = await stopWatching(where);
  const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at));
  const seconds = ((frames.at(-1) ?? 0) - (frames[0] ?? 0)) / 1000;
  return { framesPerSecond: gaps.length / seconds, p99: percentile(gaps, 0.99), most: greatest(gaps) };
};
