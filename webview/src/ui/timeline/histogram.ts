// Paints how many events took place when, and the marks in it, each with a shape of its own: a cross for what was blocked, a
// diamond for a finding, hatching where events were lost.
import { BINS, type Mark, type TimeBins } from "../../model/timeBins.ts";
import { placeOf, type TimeAxis } from "./timeAxis.ts";

export interface HistogramColours {
  readonly bar: string;
  readonly denied: string;
  readonly finding: string;
  readonly lost: string;
}

export interface Column {
  events: number;
  denied: number;
  finding: number;
  lost: number;
}

/** Width of a column in pixels. */
export const COLUMN = 2;
const MARK = 7;
const SMALLEST_BAR = 2;

/** The sums of each column of the axis. A bin that is wider than a column is spread over those that it covers. */
export const columnsOf = (bins: TimeBins, axis: TimeAxis): Column[] => {
  const count = Math.max(1, Math.ceil(axis.width / COLUMN));
  const columns = Array.from({ length: count }, (): Column => ({ events: 0, denied: 0, finding: 0, lost: 0 }));
  const firstBin = Math.max(0, Math.floor((axis.from - bins.start) / bins.width));
  const lastBin = Math.min(BINS - 1, Math.floor((axis.to - bins.start) / bins.width));
  for (let bin = firstBin; bin <= lastBin; bin++) {
    const t = bins.start + bin * bins.width;
    const first = Math.max(0, Math.min(count - 1, Math.floor(placeOf(axis, t) / COLUMN)));
    const last = Math.min(count - 1, Math.max(first, Math.ceil(placeOf(axis, t + bins.width) / COLUMN) - 1));
    const events = bins.events[bin] ?? 0;
    for (let at = first; at <= last; at++) {
      const column = columns[at];
      if (column !== undefined) column.events += events / (last - first + 1);
    }
    const marked = columns[first];
    if (marked === undefined) continue;
    for (const mark of ["denied", "finding", "lost"] as const) marked[mark] += bins.marked[mark][bin] ?? 0;
  }
  return columns;
};

const hatch = (context: CanvasRenderingContext2D, x: number, width: number, height: number): void => {
  context.save();
  context.beginPath();
  context.rect(x, 0, width, height);
  context.clip();
  context.beginPath();
  for (let at = x - height; at < x + width; at += 4) {
    context.moveTo(at, height);
    context.lineTo(at + height, 0);
  }
  context.stroke();
  context.restore();
  context.strokeRect(x + 0.5, 0.5, width - 1, height - 1);
};

const shapes: { readonly [M in Mark]: (context: CanvasRenderingContext2D, x: number, height: number) => void } = {
  lost: (context, x, height) => {
    // What is told at one moment was lost some time before it.
    hatch(context, Math.max(0, x - 2 * MARK), 2 * MARK + COLUMN, height);
  },
  // Below the place of a cross: what was blocked is often found too.
  finding: (context, x, height) => {
    const half = MARK / 2 + 1;
    const top = MARK + 2;
    context.fillRect(x, top, 1, height - top);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x + half, top + half);
    context.lineTo(x, top + 2 * half);
    context.lineTo(x - half, top + half);
    context.fill();
  },
  denied: (context, x, height) => {
    const half = MARK / 2;
    context.fillRect(x - 0.5, MARK, 2, height - MARK);
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - half, 0.5);
    context.lineTo(x + half, MARK - 0.5);
    context.moveTo(x + half, 0.5);
    context.lineTo(x - half, MARK - 0.5);
    context.stroke();
    context.lineWidth = 1;
  },
};

/** Paints all of it. `scale` is device pixels a pixel. */
export const paintHistogram = (
  canvas: HTMLCanvasElement,
  columns: readonly Column[],
  size: { readonly width: number; readonly height: number; readonly scale: number },
  colours: HistogramColours,
): void => {
  const { width, height, scale } = size;
  const [deviceWidth, deviceHeight] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const most = columns.reduce((high, { events }) => Math.max(high, events), 1);
  context.fillStyle = colours.bar;
  columns.forEach(({ events }, i) => {
    if (events <= 0) return;
    // By the root, so that single calls can be seen beside an install of ten thousand files.
    const tall = Math.max(SMALLEST_BAR, Math.sqrt(events / most) * (height - MARK - 2));
    context.fillRect(i * COLUMN, height - tall, COLUMN - 0.5, tall);
  });
  context.lineWidth = 1;
  for (const mark of ["lost", "denied", "finding"] as const) {
    context.fillStyle = colours[mark];
    context.strokeStyle = colours[mark];
    let free = -1;
    columns.forEach((column, i) => {
      if (column[mark] === 0 || i * COLUMN < free) return;
      shapes[mark](context, i * COLUMN + COLUMN / 2, height);
      // Marks on top of each other would be a smear.
      free = i * COLUMN + (mark === "lost" ? 2 * MARK : MARK);
    });
  }
};
