// Which workflow step and which tool call of the agent a process belongs to, in words.
import { kinds, NONE, tagOf } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";

/** The row of a step or tool call by the text number of its id; 0 where the log has none. */
const rowById = (model: RunModel, kind: typeof kinds.step | typeof kinds.tool, id: number): number =>
  id === 0 ? NONE : model.index.find(model.rows, tagOf(kind), 0, id, 0);

export interface Origin {
  /** Row of the step or tool call, 0 where the log names it but has no row for it. */
  readonly row: number;
  readonly text: string;
}

const originOf = (model: RunModel, kind: typeof kinds.step | typeof kinds.tool, id: number): Origin | undefined => {
  if (id === 0) return undefined;
  const row = rowById(model, kind, id);
  const label = row === NONE ? "" : model.text(model.notes.label[model.rows.ref[row] ?? 0]);
  return { row, text: label === "" ? model.text(id) : label };
};

/** The step of a process, by the name that it has in the workflow where that is known. */
export const stepOf = (model: RunModel, process: number): Origin | undefined =>
  originOf(model, kinds.step, model.processes.step[process] ?? 0);

/** The tool call of a process. */
export const toolOf = (model: RunModel, process: number): Origin | undefined =>
  originOf(model, kinds.tool, model.processes.tool[process] ?? 0);

/** Both in one line, the tool call behind its step; empty where neither is known. */
export const originText = (model: RunModel, process: number): string =>
  [stepOf(model, process)?.text ?? "", toolOf(model, process)?.text ?? ""].filter((part) => part !== "").join(", ");
