// File events: one row per process, path and class of operation. A process that touches many files gets folded groups
// by directory, so that an install of ten thousand files stays a handful of rows until somebody unfolds it.
import type { FileOp, FileRead, FileWrite } from "../../../collector/protocol/events.ts";
import { changesOf, type FileChange } from "../../../collector/protocol/foldedFiles.ts";
import { processOf } from "./applyProcess.ts";
import { groupDirectory } from "./fileGroups.ts";
import { rowAboveDeed, rowOfProcess } from "./placing.ts";
import { flag, kinds, NONE, opBits, opClass, ROOT, tagOf } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";

/** Files that stand right below their process before groups begin. */
export const DIRECT_FILES = 20;
/** Groups of one process; what fits none of them goes into a group for everything else. */
const MAX_GROUPS = 64;

const parentFor = (model: RunModel, process: number, directory: string, event: FileWrite | FileRead): number => {
  const row = rowOfProcess(model, process);
  const above = rowAboveDeed(model, process, event, DIRECT_FILES);
  if (process === NONE || above !== row) return above;
  const processes = model.processes;
  const direct = processes.directFiles[process] ?? 0;
  if (direct < DIRECT_FILES) {
    processes.directFiles[process] = direct + 1;
    return row;
  }
  const full = (processes.groups[process] ?? 0) >= MAX_GROUPS;
  const tag = tagOf(kinds.files);
  const wanted = model.strings.intern(groupDirectory(directory, model.text(processes.cwd[process])));
  const found = model.index.find(model.rows, tag, process, wanted, 0);
  if (found !== NONE) return found;
  const key = full ? model.strings.intern("/") : wanted;
  if (full) {
    const rest = model.index.find(model.rows, tag, process, key, 0);
    if (rest !== NONE) return rest;
  }
  processes.groups[process] = (processes.groups[process] ?? 0) + 1;
  const group = model.addRow(tag, row, process, 0, event, key);
  model.rows.hits[group] = 0;
  model.index.add(model.rows, group);
  return group;
};

/** Counts a file for which there is no room on the group of its directory, else on its process. */
const foldFile = (
  model: RunModel,
  process: number,
  directory: string,
  event: FileWrite | FileRead,
  count: number,
): void => {
  const name = groupDirectory(directory, model.text(model.processes.cwd[process]));
  const group = model.index.find(model.rows, tagOf(kinds.files), process, model.strings.find(name), 0);
  if (group === NONE) model.fold(process, event, count);
  else model.foldOn(group, event, count);
};

/** One file of an event. */
const applyChange = (
  model: RunModel,
  process: number,
  event: FileWrite | FileRead,
  op: FileOp | "read",
  { path, from: old, count }: FileChange,
): void => {
  const slash = path.lastIndexOf("/");
  const directory = slash <= 0 ? path.slice(0, slash + 1) : path.slice(0, slash);
  const base = path.slice(slash + 1);
  const tag = tagOf(kinds.file, opClass[op]);
  const room = model.hasRoom;
  const strings = model.strings;
  const keyA = room ? strings.intern(directory) : strings.find(directory);
  const keyB = room ? strings.intern(base) : strings.find(base);
  let row = model.index.find(model.rows, tag, process, keyA, keyB);
  if (row === NONE) {
    if (!room) {
      foldFile(model, process, directory, event, count);
      return;
    }
    const parent = parentFor(model, process, directory, event);
    const from = event.type === "file.write" ? strings.intern(old ?? "") : 0;
    row = model.addRow(tag, parent, process, from, event, keyA, keyB);
    model.rows.hits[row] = count;
    model.index.add(model.rows, row);
    if (process !== NONE) model.processes.files[process] = (model.processes.files[process] ?? 0) + 1;
  } else model.touch(row, event, count);
  if (event.file.partial === true) model.setFlag(row, flag.partial, true);
  model.rows.state[row] = (model.rows.state[row] ?? 0) | opBits[op];
  const parent = model.rows.parent[row] ?? ROOT;
  if (model.rows.tag[parent] === tagOf(kinds.files)) model.touch(parent, event, count);
};

export const applyFile = (model: RunModel, event: FileWrite | FileRead): void => {
  const process = processOf(model, event.process, event);
  const op = event.type === "file.read" ? "read" : event.file.op;
  if (event.type === "file.write" && event.file.files !== undefined) {
    for (const change of changesOf(event)) applyChange(model, process, event, op, change);
    return;
  }
  const from = event.type === "file.write" ? event.file.from : undefined;
  applyChange(model, process, event, op, { path: event.file.path, from, count: event.count ?? 1 });
};
