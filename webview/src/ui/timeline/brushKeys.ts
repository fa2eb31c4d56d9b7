// What keys do to the chosen range of time. Pure; times are microseconds since the epoch.
import type { TimeRange } from "../../filter/timeTerm.ts";
import { precisionOf, type TimeAxis } from "./timeAxis.ts";

/** Share of the axis that an arrow and a page key move by. */
const STEP = 1 / 100;
const PAGE = 1 / 10;

const stepOf = (key: string, axis: TimeAxis): number | undefined => {
  const span = axis.to - axis.from;
  const step = Math.max(precisionOf(axis), span * STEP);
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return step;
    case "ArrowLeft":
    case "ArrowDown":
      return -step;
    case "PageUp":
      return span * PAGE;
    case "PageDown":
      return -span * PAGE;
    default:
      return undefined;
  }
};

/** Where there is no range yet, a key makes one of a tenth of the axis: at the side that it comes from. */
export const startRange = (key: string, axis: TimeAxis): TimeRange | undefined => {
  const part = (axis.to - axis.from) * PAGE;
  if (key === "Home" || key === "ArrowRight" || key === "ArrowUp" || key === "PageUp") {
    return { from: axis.from, to: axis.from + part };
  }
  if (key === "End" || key === "ArrowLeft" || key === "ArrowDown" || key === "PageDown") {
    return { from: axis.to - part, to: axis.to };
  }
  return undefined;
};

/** Moves the range as a whole; with Shift it grows to the right, or gives way there. */
export const moveRange = (
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  range: TimeRange,
  axis: TimeAxis,
): TimeRange | undefined => {
  const length = range.to - range.from;
  const to = (from: number): TimeRange => {
    const begin = Math.max(axis.from, Math.min(axis.to - length, from));
    return { from: begin, to: begin + length };
  };
  if (key === "Home") return shiftKey ? { from: axis.from, to: range.to } : to(axis.from);
  if (key === "End") return shiftKey ? { from: range.from, to: axis.to } : to(axis.to);
  const step = stepOf(key, axis);
  if (step === undefined) return undefined;
  return shiftKey ? moveEdge(key, "to", range, axis) : to(range.from + step);
};

/** Moves one edge, not beyond the other one. */
export const moveEdge = (key: string, edge: "from" | "to", range: TimeRange, axis: TimeAxis): TimeRange | undefined => {
  const [low, high] = edge === "from" ? [axis.from, range.to] : [range.from, axis.to];
  const step = stepOf(key, axis);
  const wanted = key === "Home" ? low : key === "End" ? high : step === undefined ? undefined : range[edge] + step;
  if (wanted === undefined) return undefined;
  const t = Math.max(low, Math.min(high, wanted));
  return edge === "from" ? { from: t, to: range.to } : { from: range.from, to: t };
};
