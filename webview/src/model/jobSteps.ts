// What GitHub says of a job's steps, beside what the log says: put to the log's rows where the log lacks a name or a
// conclusion. An annotation of the page's, and marked as one: the log is evidence, and no line of it is altered or added.
import type { JobStepFact } from "../../protocol/messages.ts";
import { flag } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";

/** A step as the log has told of it. */
export interface ToldStep {
  readonly row: number;
  /** Text number of its id. */
  readonly id: number;
  /** Microseconds, on the runner's clock. */
  readonly startT: number;
  number: number | undefined;
  /** Undefined where the log only has the id. */
  name: string | undefined;
  ended: boolean;
  concluded: boolean;
  /** GitHub's words stand with it. */
  annotated: boolean;
}

/** GitHub's times are whole seconds, and a step begins a moment before its first process. */
const TOLERANCE_MS = 2500;
const MARGIN_MS = 1000;
/** A job has some dozens; what is made to hurt is left alone. */
const MOST_STEPS = 500;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Of a value that several have, undefined. */
const uniqueBy = <T>(items: readonly T[], key: (item: T) => string | undefined): Map<string, T | undefined> => {
  const found = new Map<string, T | undefined>();
  for (const item of items) {
    const name = key(item);
    if (name !== undefined) found.set(name, found.has(name) ? undefined : item);
  }
  return found;
};

/** The one of `facts` that began when `step` did, if the clocks differ by `skewMs`; where two are near, neither. */
const startedWith = (step: ToldStep, facts: readonly JobStepFact[], skewMs: number): JobStepFact | undefined => {
  const near = facts
    .flatMap((fact) => {
      const { startedAt } = fact;
      return startedAt === undefined ? [] : [{ fact, off: Math.abs(step.startT / 1000 - skewMs - startedAt) }];
    })
    .sort((x, y) => x.off - y.off);
  const [best, next] = near;
  if (best === undefined || best.off > TOLERANCE_MS) return undefined;
  return next === undefined || next.off - best.off >= MARGIN_MS ? best.fact : undefined;
};

/**
 * Which step of the log is which of GitHub's: by number and name, by the name, else by when they began. The runner's clock
 * can be minutes off GitHub's: times are compared only by what the steps that are known by then tell of the difference.
 */
export const matchSteps = (
  steps: readonly ToldStep[],
  facts: readonly JobStepFact[],
): ReadonlyMap<ToldStep, JobStepFact> => {
  const matched = new Map<ToldStep, JobStepFact>();
  const free = new Set(facts.filter(({ conclusion }) => conclusion !== "skipped"));
  const match = (step: ToldStep, fact: JobStepFact | undefined): void => {
    if (fact === undefined || !free.delete(fact)) return;
    matched.set(step, fact);
  };
  for (const step of steps) {
    if (step.number === undefined) continue;
    const fact = facts.find(({ number, name }) => number === step.number && (step.name ?? name) === name);
    match(step, fact);
  }
  const byName = uniqueBy([...free], ({ name }) => name);
  const open = steps.filter((step) => !matched.has(step));
  for (const [name, step] of uniqueBy(open, (one) => one.name)) if (step !== undefined) match(step, byName.get(name));
  const left = steps.filter((step) => !matched.has(step) && step.number === undefined && step.name === undefined);
  const skews = [...matched].flatMap(([{ startT }, { startedAt }]) =>
    startedAt === undefined ? [] : [startT / 1000 - startedAt],
  );
  if (skews.length > 0) {
    const skew = median(skews);
    const found = left.map((step) => [step, startedWith(step, [...free], skew)] as const);
    for (const [step, fact] of found) match(step, fact);
  }
  return matched;
};

const HAVE_FAILED = new Set(["failure", "cancelled", "timed_out", "startup_failure"]);

const annotate = (model: RunModel, step: ToldStep, fact: JobStepFact): void => {
  const { rows, notes } = model;
  const note = rows.ref[step.row] ?? 0;
  const said: string[] = [];
  if (step.name === undefined && fact.name !== "") {
    model.nameStep(step.id, fact.name);
    notes.label[note] = model.strings.intern(fact.name);
    said.push("name");
  }
  if (!step.concluded && fact.conclusion !== undefined) {
    notes.result[note] = model.strings.intern(fact.conclusion);
    model.setFlag(step.row, flag.failed, HAVE_FAILED.has(fact.conclusion));
    model.setFlag(step.row, flag.open, false);
    const { startedAt, completedAt } = fact;
    if (!step.ended && startedAt !== undefined && completedAt !== undefined) {
      notes.durationUs[note] = Math.max(0, completedAt - startedAt) * 1000;
    }
    said.push("conclusion");
  }
  const detail = model.strings.intern(`step ${fact.number}, ${said.join(" and ")} by GitHub`);
  if (said.length === 0 || notes.detail[note] === detail) return;
  notes.detail[note] = detail;
  step.annotated = true;
  model.mark(step.row);
};

/** Puts what GitHub says to the rows that are there now. Doing so again changes nothing. */
export const mergeJobSteps = (model: RunModel): void => {
  if (model.jobSteps.length === 0 || model.toldSteps.size > MOST_STEPS || !model.hasRoom) return;
  for (const [step, fact] of matchSteps([...model.toldSteps.values()], model.jobSteps)) annotate(model, step, fact);
};
