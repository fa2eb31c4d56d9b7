// Workflow steps and the agent's tool calls: rows in time order that end with a conclusion.
import type { EventBase, StepEnd, StepStart, ToolEnd, ToolStart } from "../../../collector/protocol/events.ts";
import { mergeJobSteps, type ToldStep } from "./jobSteps.ts";
import { rowAboveCall } from "./placing.ts";
import { flag, kinds, type Kind, NONE, tagOf } from "./rowKinds.ts";
import { MAX_IN_LANE, type RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";

const begin = (model: RunModel, kind: Kind, id: string, event: EventBase, label: string, detail: string): void => {
  if (!model.hasRoom) {
    model.fold(NONE, event);
    return;
  }
  const key = model.strings.intern(id);
  const known = model.index.find(model.rows, tagOf(kind), 0, key, 0);
  if (known !== NONE) {
    model.touch(known, event, 1);
    return;
  }
  const note = model.addNote(label, detail, "");
  const row = model.addRow(tagOf(kind), rowAboveCall(model, event), 0, note, event, key);
  model.setFlag(row, flag.open, true);
  model.index.add(model.rows, row);
  const lane = model.lanes[kind === kinds.step ? "steps" : "calls"];
  if (lane.length < MAX_IN_LANE) lane.push(row);
};

const end = (model: RunModel, kind: Kind, id: string, event: EventBase, result: string, failed: boolean): void => {
  const row = model.index.find(model.rows, tagOf(kind), 0, model.strings.find(id), 0);
  if (row === NONE) return;
  const note = model.rows.ref[row] ?? 0;
  model.notes.result[note] = model.strings.intern(result);
  model.notes.durationUs[note] = event.t - (model.rows.time[row] ?? event.t);
  model.setFlag(row, flag.open, false);
  model.setFlag(row, flag.failed, failed);
  model.touch(row, event);
};

/** The name of a step can be told only at its end; what inherits it for the filter has changed then. */
const nameStep = (model: RunModel, id: string, name: string | undefined): void => {
  if (name === undefined || !model.hasRoom) return;
  const idText = model.strings.intern(id);
  model.nameStep(idText, name);
  const row = model.index.find(model.rows, tagOf(kinds.step), 0, idText, 0);
  if (row !== NONE) model.notes.label[model.rows.ref[row] ?? 0] = model.strings.intern(name);
};

/** Remembers what the log has told of a step, and puts beside it what GitHub says. */
const noteTold = (model: RunModel, { stepInfo: { id, number, name } }: StepStart | StepEnd, ended?: StepEnd): void => {
  const idText = model.strings.find(id);
  const row = model.index.find(model.rows, tagOf(kinds.step), 0, idText, 0);
  if (row === NONE) return;
  const told: ToldStep = model.toldSteps.get(idText) ?? {
    row,
    id: idText,
    startT: model.rows.time[row] ?? 0,
    number: undefined,
    name: undefined,
    ended: false,
    concluded: false,
    annotated: false,
  };
  told.number = number ?? told.number;
  // Where nobody has told the name, the id stands for it.
  if (name !== undefined && name !== id.replace(/#\d+$/, "")) told.name = name;
  told.ended = ended !== undefined;
  told.concluded ||= ended?.conclusion !== undefined;
  model.toldSteps.set(idText, told);
  // What the log says counts before what GitHub has said.
  if (told.annotated && model.hasRoom) {
    told.annotated = false;
    const detail = told.number === undefined ? "step" : `step ${told.number}`;
    model.notes.detail[model.rows.ref[row] ?? 0] = model.strings.intern(detail);
  }
  mergeJobSteps(model);
};

/** A collector that was there before the job learns of it from the job's first step. */
const learnJob = (model: RunModel, event: StepStart): void => {
  const { start } = model.facts;
  if (start === undefined || event.run === undefined || start.run.repository !== undefined) return;
  model.facts.start = { ...start, run: { ...event.run, ...start.run } };
};

export const applyStepStart = (model: RunModel, event: StepStart): void => {
  learnJob(model, event);
  const { id, number, name } = event.stepInfo;
  nameStep(model, id, name);
  noteSeen(model.seen, "step", name ?? id);
  begin(model, kinds.step, id, event, name ?? id, number === undefined ? "step" : `step ${number}`);
  noteTold(model, event);
};

export const applyStepEnd = (model: RunModel, event: StepEnd): void => {
  const { conclusion = "ended" } = event;
  const failed = conclusion !== "ended" && conclusion !== "success" && conclusion !== "skipped";
  nameStep(model, event.stepInfo.id, event.stepInfo.name);
  end(model, kinds.step, event.stepInfo.id, event, conclusion, failed);
  noteTold(model, event, event);
};

/** What says most about a call, in the words of the agent's own tools. */
const TELLING = ["command", "path", "query", "pattern", "url"] as const;

/** The input of a tool call in one line: the command, the path; else all of it. */
const inputText = (input: unknown): string => {
  if (input === undefined) return "";
  if (typeof input === "string") return input;
  if (typeof input === "object" && input !== null) {
    const fields = input as Readonly<Record<string, unknown>>;
    for (const name of TELLING) {
      const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (typeof value === "string" && value !== "") return value;
    }
  }
  return JSON.stringify(input);
};

export const applyToolStart = (model: RunModel, event: ToolStart): void => {
  const { id, name, input } = event.toolInfo;
  noteSeen(model.seen, "tool", name);
  begin(model, kinds.tool, id, event, name, inputText(input));
};

export const applyToolEnd = (model: RunModel, event: ToolEnd): void => {
  const result = event.ok === undefined ? "ended" : event.ok ? "ok" : "failed";
  end(model, kinds.tool, event.toolInfo.id, event, result, event.ok === false);
};
