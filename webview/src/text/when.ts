// A time as one reads it: by the clock, and as distance from the start of the run and of the step that it belongs to.
import { NONE, ROOT } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { GroupedTree } from "../model/groupedTree.ts";
import type { ViewTree } from "../model/viewTree.ts";
import { formatClock, formatExact, formatOffset } from "./format.ts";
import { stepOf } from "./origin.ts";
import { visibleText } from "./visibleText.ts";

/** `+1.204 s in step Build`; nothing where the step or its start is not known, and for a step itself. */
const inStep = (model: RunModel, row: number, t: number): string[] => {
  const step = stepOf(model, model.rows.owner[row] ?? NONE);
  if (step === undefined || step.row === NONE) return [];
  return [`${formatOffset(t - (model.rows.time[step.row] ?? t))} in step ${visibleText(step.text, 80)}`];
};

const distances = (model: RunModel, row: number, t: number, run: string): string =>
  [`${formatOffset(t - model.facts.firstTime)}${run}`, ...inStep(model, row, t)].join(", ");

/** `2026-11-24 08:16:03.123456 UTC (+7.100 s, +1.204 s in step Build)`. */
export const exactWhen = (model: RunModel, row: number, t: number): string =>
  `${formatExact(t)} (${distances(model, row, t, "")})`;

/** What the time of a row of any view says in full. */
export const timeTitle = (tree: ViewTree, row: number): string => {
  const { model } = tree;
  const shown = tree.modelRow(row);
  const isAlias = shown === ROOT || tree.isAlias(row);
  const t = isAlias && tree instanceof GroupedTree ? tree.since(row) : (model.rows.time[shown] ?? 0);
  return `${formatClock(t)}, ${distances(model, shown, t, " in the run")}`;
};
