// Which processes belong to a step, and which of them have left its tree: they run on after an ancestor of theirs, up to
// the process that the runner started, has ended, so that nothing ties them to the step but our own record.
import type { Process } from "./process.ts";
import type { Step } from "./step.ts";

/** What `process` says of itself in every event. */
const render = (process: Process): void => {
  const { step, detached, stepGuess } = process;
  const marks = (detached ? ',"detached":true' : "") + (stepGuess ? ',"stepGuess":true' : "");
  process.stepJson = step === undefined ? "" : `,"step":${step.idJson}${marks}`;
};

/** Forgets whose child it is, without a word on the step. */
const unlink = (process: Process): void => {
  process.stepParent?.stepChildren?.delete(process);
  process.stepParent = undefined;
};

/** Makes `process` one that the runner started for `step`. */
export const becomeRoot = (process: Process, step: Step): void => {
  unlink(process);
  process.step = step;
  process.stepRoot = true;
  process.detached = false;
  process.stepGuess = false;
  render(process);
};

/** Puts a new process into the step of `parent`, which has forked it. */
export const inherit = (process: Process, parent: Process): void => {
  if (parent.step === undefined) return;
  process.step = parent.step;
  process.stepGuess = parent.stepGuess;
  // A fork that is told of only after its parent's end.
  process.detached = parent.detached || parent.ended;
  render(process);
  if (process.detached) return;
  process.stepParent = parent;
  (parent.stepChildren ??= new Set()).add(process);
};

/** Puts a process that nobody of the step has forked into the step, and the tool call, of the client that asked for it. */
export const adopt = (process: Process, client: Process): void => {
  unlink(process);
  process.step = client.step;
  process.detached = true;
  process.stepGuess = true;
  render(process);
  const { toolJson } = client;
  if (process.toolJson === "") {
    process.toolJson = toolJson === "" || toolJson.includes("toolGuess") ? toolJson : `${toolJson},"toolGuess":true`;
  }
};

/** `process` has ended: what it has started, and what these have, is detached if it lives. */
export const cutBelow = (process: Process): void => {
  unlink(process);
  const cut: Process[] = [process];
  for (let at = cut.pop(); at !== undefined; at = cut.pop()) {
    for (const child of at.stepChildren ?? []) {
      child.stepParent = undefined;
      child.detached = true;
      render(child);
      cut.push(child);
    }
    at.stepChildren = undefined;
  }
};

/** `process` is forgotten, and may be running: nobody points to it any more. */
export const dropFromTree = (process: Process): void => {
  unlink(process);
  for (const child of process.stepChildren ?? []) child.stepParent = undefined;
  process.stepChildren = undefined;
};
