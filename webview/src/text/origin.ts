// Which workflow step and which tool call of the agent a process belongs to, in words.
import { rowById } from "../model/placing.ts";
import { kinds, mark, NONE } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";

export interface Origin {
  /** Row of the step or tool call, 0 where the log names it but has no row for it. */
  readonly row: number;
  readonly text: string;
  /** The number of a step, the input of a tool call. */
  readonly detail: string;
  /** The likeliest of several, or of what looks like it. */
  readonly isGuess: boolean;
}

const originOf = (model: RunModel, kind: typeof kinds.step | typeof kinds.tool, id: number): Origin | undefined => {
  if (id === 0) return undefined;
  const row = rowById(model, kind, id);
  if (row === NONE) return { row, text: model.text(id), detail: "", isGuess: false };
  const note = model.rows.ref[row] ?? 0;
  const text = model.text(model.notes.label[note]) || model.text(id);
  return { row, text, detail: model.text(model.notes.detail[note]), isGuess: false };
};

/** The step of a process, by the name that it has in the workflow where that is known. */
export const stepOf = (model: RunModel, process: number): Origin | undefined => {
  const origin = originOf(model, kinds.step, model.processes.step[process] ?? 0);
  const isGuess = ((model.processes.marks[process] ?? 0) & mark.stepGuess) !== 0;
  return origin === undefined || !isGuess ? origin : { ...origin, isGuess };
};

/** The tool call of a row: its own where its events said one, as of a file that the agent itself changed, else its process's. */
export const toolOfRow = (model: RunModel, row: number): Origin | undefined => {
  const owner = model.rows.owner[row] ?? NONE;
  const own = model.rowTools.get(row);
  const origin = originOf(model, kinds.tool, own === undefined ? (model.processes.tool[owner] ?? 0) : own >> 1);
  const isGuess = own === undefined ? ((model.processes.marks[owner] ?? 0) & mark.toolGuess) !== 0 : (own & 1) === 1;
  return origin === undefined || !isGuess ? origin : { ...origin, isGuess };
};

/** Step and tool call of a row in one line; empty where neither is known. */
export const originText = (model: RunModel, row: number): string =>
  [stepOf(model, model.rows.owner[row] ?? NONE)?.text ?? "", toolOfRow(model, row)?.text ?? ""]
    .filter((part) => part !== "")
    .join(", ");
