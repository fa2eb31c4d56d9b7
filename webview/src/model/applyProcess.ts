// Process events: rows that nest by parent, and the identity that all rows of a process inherit.
import { noteContainer } from "./containerFacts.ts";
import type { EventBase, ProcessExec, ProcessExit } from "../../../collector/protocol/events.ts";
import { rowAboveProgram, rowOfProcess } from "./placing.ts";
import { EXITED, flag, kinds, mark, NONE, ROOT, RUNNING, tagOf, UNSEEN } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";
import { noteSeen } from "./seenValues.ts";
import { MAX_DEPTH, moveRow } from "./treeLinks.ts";

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * The number of the process `id`; one that is named before it was seen gets a row that says so. 0 where `id` is absent,
 * or the model is full and does not know it.
 */
export const processOf = (model: RunModel, id: string | undefined, event: EventBase): number => {
  if (id === undefined) return NONE;
  const known = model.processIds.get(id);
  if (known !== undefined) return known;
  if (!model.hasRoom) return NONE;
  const process = model.addProcess();
  model.processIds.set(id, process);
  const processes = model.processes;
  processes.id[process] = model.strings.intern(id);
  processes.state[process] = UNSEEN;
  processes.row[process] = model.addRow(tagOf(kinds.process), ROOT, process, process, event);
  model.facts.processes += 1;
  return process;
};

const place = (model: RunModel, process: number, parent: number, event: ProcessExec): void => {
  const processes = model.processes;
  const isNewParent = parent !== NONE && parent !== process && processes.parent[process] !== parent;
  if (isNewParent) {
    processes.parent[process] = parent;
    processes.startedProcesses[parent] = (processes.startedProcesses[parent] ?? 0) + 1;
  } else if (processes.state[process] !== UNSEEN) return;
  const rows = model.rows;
  let under = rowAboveProgram(model, processes.parent[process] ?? NONE, event);
  while ((rows.depth[under] ?? 0) >= MAX_DEPTH) under = rows.parent[under] ?? ROOT;
  if (rows.parent[processes.row[process] ?? ROOT] === under) return;
  if (moveRow(rows, processes.row[process] ?? ROOT, under)) model.moves += 1;
};

/**
 * A process that has started others or touched something and now runs another program gets a row for that below its
 * first one: the row of `bash build.sh` is not to turn into its last command.
 */
const nextProgram = (model: RunModel, process: number, event: ProcessExec): number => {
  const before = model.processes;
  const row = before.row[process] ?? ROOT;
  const hasActed = (model.rows.children[row] ?? 0) > 0 && before.state[process] !== UNSEEN;
  const isFork = ((before.marks[process] ?? 0) & mark.forked) !== 0;
  if (!hasActed || isFork || event.exec.forked === true || !model.hasRoom) return process;
  const next = model.addProcess();
  const processes = model.processes;
  processes.id[next] = processes.id[process] ?? 0;
  processes.before[next] = process;
  processes.parent[next] = process;
  processes.row[next] = model.addRow(tagOf(kinds.process), row, next, next, event);
  model.processIds.set(event.exec.id, next);
  return next;
};

export const applyExec = (model: RunModel, event: ProcessExec): void => {
  const exec = event.exec;
  // The parent first, so that it stands above its child.
  const parent = processOf(model, exec.parent, event);
  const seenBefore = model.processIds.get(exec.id) !== undefined;
  const first = processOf(model, exec.id, event);
  if (first === NONE) {
    model.fold(parent, event);
    return;
  }
  const process = seenBefore ? nextProgram(model, first, event) : first;
  if (process === first) place(model, process, parent, event);
  const processes = model.processes;
  const row = processes.row[process] ?? ROOT;
  const strings = model.strings;
  processes.pid[process] = exec.pid;
  processes.ppid[process] = exec.ppid;
  processes.uid[process] = exec.uid;
  processes.user[process] = strings.intern(exec.user ?? String(exec.uid));
  processes.exe[process] = strings.intern(exec.exe);
  processes.comm[process] = strings.intern(baseName(exec.exe));
  processes.argv[process] = strings.intern(exec.argv.join("\0"));
  processes.cwd[process] = strings.intern(exec.cwd);
  processes.step[process] = strings.intern(event.step ?? "");
  processes.tool[process] = strings.intern(event.tool ?? "");
  processes.container[process] = noteContainer(model, exec);
  processes.insidePid[process] = exec.containerInfo?.pid ?? 0;
  processes.marks[process] =
    (exec.forked === true ? mark.forked : 0) |
    (exec.existing === true ? mark.existing : 0) |
    (exec.truncated === true ? mark.truncated : 0) |
    (event.toolGuess === true ? mark.toolGuess : 0) |
    (event.stepGuess === true ? mark.stepGuess : 0);
  if (exec.forked !== true && exec.existing !== true) {
    processes.execs[process] = Math.min(65_535, (processes.execs[process] ?? 0) + 1);
  }
  if (processes.state[process] === UNSEEN) processes.state[process] = RUNNING;
  if (event.detached === true) model.setFlag(row, flag.detached, true);
  if (seenBefore) {
    model.touch(row, event);
    if ((model.rows.children[row] ?? 0) > 0) model.identities += 1;
  }
  noteSeen(model.seen, "comm", baseName(exec.exe));
  noteSeen(model.seen, "exe", exec.exe);
  noteSeen(model.seen, "user", model.text(processes.user[process]));
  noteSeen(model.seen, "pid", String(exec.pid));
  if (event.step !== undefined) noteSeen(model.seen, "step", model.stepName(processes.step[process] ?? 0));
};

/** Any event can be the first to say that its process has left its step's tree. */
export const noteDetached = (model: RunModel, event: EventBase): void => {
  const process = event.process === undefined ? undefined : model.processIds.get(event.process);
  const row = process === undefined ? ROOT : rowOfProcess(model, process);
  if (row === ROOT || ((model.rows.flags[row] ?? 0) & flag.detached) !== 0) return;
  model.setFlag(row, flag.detached, true);
  model.touch(row, event);
};

export const applyExit = (model: RunModel, event: ProcessExit): void => {
  const process = processOf(model, event.process, event);
  if (process === NONE) {
    model.fold(NONE, event);
    return;
  }
  if (event.exit.code !== 0 || event.exit.signal !== 0) model.facts.failedProcesses += 1;
  // All programs that the process ran one after another end with it; each lasted from its own start.
  for (let at = process; at !== NONE; at = model.processes.before[at] ?? NONE) endProgram(model, at, event);
};

const endProgram = (model: RunModel, process: number, event: ProcessExit): void => {
  const processes = model.processes;
  const row = processes.row[process] ?? ROOT;
  const isFirst = processes.before[process] === NONE;
  processes.state[process] = EXITED;
  processes.code[process] = event.exit.code;
  processes.signal[process] = event.exit.signal;
  processes.durationUs[process] = isFirst ? event.exit.durationUs : event.t - (model.rows.time[row] ?? event.t);
  if (event.exit.code !== 0 || event.exit.signal !== 0) model.setFlag(row, flag.failed, true);
  model.touch(row, event);
};
