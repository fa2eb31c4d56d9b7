// The time axis of the timeline: which times it spans, where a time is on it, and which times are written below it. Pure.
// Times are microseconds since the epoch, places are pixels from the left.
import { formatClock } from "../../text/format.ts";

export interface TimeAxis {
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly width: number;
}

export const placeOf = (axis: TimeAxis, t: number): number =>
  ((t - axis.from) / Math.max(1, axis.to - axis.from)) * axis.width;

export const timeAt = (axis: TimeAxis, x: number): number =>
  axis.from + (x / Math.max(1, axis.width)) * (axis.to - axis.from);

/** The shortest axis, so that a run of one event has one. */
const SHORTEST_US = 10_000;
const ROUND = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/**
 * How long the axis of a run that goes on is: a round time with room for what comes, so that it stands still for a while
 * instead of creeping with every event.
 */
export const roundSpan = (span: number): number => {
  const wanted = Math.max(SHORTEST_US, span * 1.02);
  const unit = 10 ** Math.floor(Math.log10(wanted));
  return (ROUND.find((round) => round * unit >= wanted) ?? 10) * unit;
};

/** The axis's end for a run that lasted from `start` to `last`. */
export const axisEnd = (start: number, last: number, goesOn: boolean): number =>
  start + (goesOn ? roundSpan(last - start) : Math.max(SHORTEST_US, last - start));

/** How exact a time that is pointed at is: a second, a millisecond or a microsecond. */
export const precisionOf = (axis: TimeAxis): number => {
  const perPixel = (axis.to - axis.from) / Math.max(1, axis.width);
  return perPixel >= 100_000 ? 1e6 : perPixel >= 100 ? 1000 : 1;
};

export interface Tick {
  readonly x: number;
  readonly text: string;
}

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS: readonly number[] = [
  ...[10, 100, 1000, 10_000, 100_000].flatMap((unit) => [unit, 2 * unit, 5 * unit]),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((n) => n * HOUR),
];
const TICK_ROOM = 88;

/** The clock without what all ticks have in common at this step. */
const tickText = (t: number, step: number): string => {
  const clock = formatClock(t);
  if (step >= MINUTE) return clock.slice(0, 5);
  if (step >= SECOND) return clock;
  const micros = String(Math.floor(t % SECOND)).padStart(6, "0");
  return `${clock}.${micros.slice(0, step >= 1000 ? 3 : 6)}`;
};

/** Round times by the reader's clock, far enough apart to be read; none that does not fit into `room` pixels. */
export const ticksOf = (axis: TimeAxis, room = axis.width): Tick[] => {
  const span = axis.to - axis.from;
  const most = Math.max(1, Math.floor(axis.width / TICK_ROOM));
  const step = STEPS.find((each) => span / each <= most) ?? span;
  // Whole hours of a time zone that is half an hour off are not whole hours of UTC.
  const zone = new Date(axis.from / 1000).getTimezoneOffset() * MINUTE;
  const ticks: Tick[] = [];
  for (let t = Math.ceil((axis.from - zone) / step) * step + zone; t <= axis.to; t += step) {
    const x = placeOf(axis, t);
    if (x <= room - TICK_ROOM) ticks.push({ x, text: tickText(t, step) });
    if (ticks.length > 100) break;
  }
  return ticks;
};
