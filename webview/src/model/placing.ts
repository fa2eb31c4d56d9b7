// Where a row stands in the tree of processes: below the tool call or the workflow step that brought it about, where that
// is not what brought about its process or parent too; else below who did it. The tree reads as the run was meant: step,
// agent, tool call, program, what the program did.
import type { EventBase } from "../../../collector/protocol/events.ts";
import { kinds, NONE, ROOT, tagOf, UNSEEN } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";

/** The row of a step or tool call by the text number of its id; 0 where the log has none. */
export const rowById = (model: RunModel, kind: typeof kinds.step | typeof kinds.tool, id: number): number =>
  id <= 0 ? NONE : model.index.find(model.rows, tagOf(kind), 0, id, 0);

/** The row that further rows of `process` go below; the root for none. */
export const rowOfProcess = (model: RunModel, process: number): number =>
  process === NONE ? ROOT : (model.processes.row[process] ?? ROOT);

/** The row of `event`'s tool call, where `process` as such does not work for that call; else 0. */
export const callRow = (model: RunModel, process: number, event: EventBase): number => {
  if (event.tool === undefined) return NONE;
  const id = model.strings.find(event.tool);
  return id === model.processes.tool[process] ? NONE : rowById(model, kinds.tool, id);
};

/** The row of `event`'s step, where `process` is not in that step; else 0. */
const stepRow = (model: RunModel, process: number, event: EventBase): number => {
  if (event.step === undefined) return NONE;
  const id = model.strings.find(event.step);
  return id === model.processes.step[process] ? NONE : rowById(model, kinds.step, id);
};

/** The row that a program goes below which `parent` started. Of a parent that was not seen it is not known what it works for. */
export const rowAboveProgram = (model: RunModel, parent: number, event: EventBase): number => {
  if (parent !== NONE && model.processes.state[parent] === UNSEEN) return rowOfProcess(model, parent);
  return callRow(model, parent, event) || stepRow(model, parent, event) || rowOfProcess(model, parent);
};

/** The row that a step or tool call goes below: the process that it is told of, as the agent; else its step. */
export const rowAboveCall = (model: RunModel, event: EventBase): number => {
  const process = event.process === undefined ? NONE : (model.processIds.get(event.process) ?? NONE);
  return process === NONE ? stepRow(model, NONE, event) : rowOfProcess(model, process);
};

/** The row that what `process` did goes below: its tool call, where that has fewer than `limit` rows, else the process. */
export const rowAboveDeed = (model: RunModel, process: number, event: EventBase, limit: number): number => {
  const call = callRow(model, process, event);
  return call !== NONE && (model.rows.children[call] ?? 0) < limit ? call : rowOfProcess(model, process);
};
