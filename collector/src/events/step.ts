// One workflow step of the run.
import { quote } from "./json.ts";
import { shortText } from "./shortText.ts";
import type { LoggedStep, WorkerLog } from "./workerLog.ts";

/** A process that runs the runner's worker, with the steps that it has begun. */
export interface Worker {
  /** Those that are not over. */
  readonly open: Set<Step>;
  /** The one that began last. */
  last: Step | undefined;
  readonly log: WorkerLog | undefined;
}

export interface Step {
  readonly id: string;
  /** `id` in quotes, as it is written into every event. */
  readonly idJson: string;
  /** The value of GITHUB_ACTION. */
  readonly action: string;
  /** It is a step of a composite action: it can have several processes, one after another. */
  readonly composite: boolean;
  /** Absent for a step that no worker has begun. */
  readonly worker: Worker | undefined;
  /** Of the first process that the worker started for it. */
  readonly pid: number;
  /** µs since the epoch. */
  readonly startedAt: number;
  /** What the worker's log says of it. */
  logged: LoggedStep | undefined;
  name: string;
  number: number | undefined;
  /** Processes that the runner itself started for it and that run. */
  running: number;
  /** When the last of these ended; µs since the epoch. */
  endedAt: number;
}

const LONGEST_ID = 100;
export const LONGEST_NAME = 300;

/** Gives ids: the action for its first step, `action#2` and so on for later ones. */
export class StepIds {
  readonly #used = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** Number of ids given. */
  get given(): number {
    return this.#used.size;
  }

  next(action: string): string {
    const base = shortText(action, LONGEST_ID);
    let n = this.#counts.get(base) ?? 0;
    let id: string;
    do {
      n += 1;
      id = n === 1 ? base : `${base}#${n}`;
    } while (this.#used.has(id));
    this.#counts.set(base, n);
    this.#used.add(id);
    return id;
  }
}

type Origin = Pick<Step, "action" | "composite" | "worker" | "pid" | "startedAt">;

export const createStep = (id: string, origin: Origin): Step => ({
  id,
  idJson: quote(id),
  ...origin,
  logged: undefined,
  name: shortText(origin.action, LONGEST_NAME),
  number: undefined,
  running: 0,
  endedAt: 0,
});

/** `,"stepInfo":{…}` of `step.start` and `step.end`. */
export const stepFields = (step: Step, conclusion?: string): string =>
  `,"stepInfo":{"id":${step.idJson}` +
  (step.number === undefined ? "" : `,"number":${step.number}`) +
  `,"name":${quote(step.name)}}` +
  (conclusion === undefined ? "" : `,"conclusion":${quote(conclusion)}`);
