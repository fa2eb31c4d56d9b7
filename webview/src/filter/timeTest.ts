// `time:`: what took place or went on within a range of time. A row that stands for several events fits where its first and
// its last have the range between them; what has not ended goes on.
import { flag, kindOf, kinds, RUNNING } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { resolveTimeSpan, type TimeRange, type TimeSpan } from "./timeTerm.ts";

/** A process that runs, an open connection, step or tool call; an ended run has nothing that goes on. */
const goesOn = (model: RunModel, row: number): boolean => {
  if (model.facts.ended) return false;
  const { tag, ref, flags } = model.rows;
  return kindOf(tag[row] ?? 0) === kinds.process
    ? model.processes.state[ref[row] ?? 0] === RUNNING
    : ((flags[row] ?? 0) & flag.open) !== 0;
};

export const timeTest = (model: RunModel, spans: readonly TimeSpan[]): ((row: number) => boolean) => {
  // What a clock time means depends on when the run began, which a filter that was there before the run does not know.
  let ranges: readonly TimeRange[] | undefined;
  return (row) => {
    ranges ??= spans.map((span) => resolveTimeSpan(span, model.facts.firstTime));
    const time = model.rows.time[row] ?? 0;
    for (const { from, to } of ranges) {
      if (time <= to && ((model.rows.until[row] ?? 0) >= from || goesOn(model, row))) return true;
    }
    return false;
  };
};
