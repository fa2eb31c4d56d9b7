// Where the blocks of a lane stand: steps or tool calls, side by side, those that overlap below one another, and those too
// small to be told apart as one. So a lane has no more blocks than it has room for. Pure.
import { flag } from "../../model/rowKinds.ts";
import type { RunModel } from "../../model/runModel.ts";
import { placeOf, type TimeAxis } from "./timeAxis.ts";

export interface Block {
  /** The first row of those that it stands for. */
  readonly row: number;
  /** How many it stands for. */
  count: number;
  failed: number;
  /** Microseconds since the epoch. */
  readonly from: number;
  to: number;
  isOpen: boolean;
  /** Pixels; the level counts from the top. */
  readonly x: number;
  width: number;
  readonly level: number;
}

/** A block must be wide enough to be hit. */
const SMALLEST = 6;

/** When the step or call of `row` ended, or `now` where it goes on. */
export const endOfBlock = (model: RunModel, row: number, now: number): number => {
  const { time, flags, ref } = model.rows;
  const start = time[row] ?? 0;
  return ((flags[row] ?? 0) & flag.open) !== 0
    ? Math.max(start, now)
    : start + (model.notes.durationUs[ref[row] ?? 0] ?? 0);
};

/** The blocks from left to right. `now`: until when that goes on which has no end yet, in microseconds. */
export const layOutLane = (
  model: RunModel,
  rows: readonly number[],
  axis: TimeAxis,
  now: number,
  levels: number,
): Block[] => {
  const blocks: Block[] = [];
  const last: (Block | undefined)[] = [];
  for (const row of rows) {
    const from = model.rows.time[row] ?? 0;
    const to = endOfBlock(model, row, now);
    if (to < axis.from || from > axis.to) continue;
    const x = Math.max(0, Math.min(placeOf(axis, from), axis.width - SMALLEST));
    const right = Math.min(axis.width, placeOf(axis, to));
    const width = Math.max(SMALLEST, right - x);
    const flags = model.rows.flags[row] ?? 0;
    const failed = (flags & flag.failed) === 0 ? 0 : 1;
    const isOpen = (flags & flag.open) !== 0;
    const isFree = (level: number): boolean => {
      const before = last[level];
      return before === undefined || before.x + before.width <= x;
    };
    const near = width > SMALLEST ? undefined : last.find((block) => block?.width === SMALLEST && !isFree(block.level));
    if (near !== undefined) {
      near.count += 1;
      near.failed += failed;
      near.to = Math.max(near.to, to);
      near.isOpen ||= isOpen;
      continue;
    }
    let level = 0;
    while (level < levels - 1 && !isFree(level)) level += 1;
    // Blocks of one level never cover each other's beginning.
    const before = last[level];
    if (before !== undefined && before.x + before.width > x && x - before.x >= SMALLEST) before.width = x - before.x;
    const block: Block = { row, count: 1, failed, from, to, isOpen, x, width, level };
    last[level] = block;
    blocks.push(block);
  }
  return blocks;
};
