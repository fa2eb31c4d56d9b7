// Workflow steps: which process began one, when it ended, and what it is called.
//
// The runner's worker starts a process for a step and waits for it. Such a process is known by its parent, whose
// executable is named Runner.Worker, and by GITHUB_ACTION in its environment; the sensor looks at both as the process
// execs. A program of that name inside a step is not the worker. A step is one process of the worker, but for composite
// actions, whose processes follow one another with the same GITHUB_ACTION and with a GITHUB_ACTION_PATH: these are one step
// until a process of another step begins. So pre, main and post of an action are three steps, as they are for the runner.
import type { JobFacts } from "../../protocol/events.ts";
import type { ExitFrame, StepFrame } from "../sensor/frame.ts";
import type { EventLog } from "./eventLog.ts";
import { jobFacts } from "./jobFacts.ts";
import type { Process } from "./process.ts";
import { readVariables } from "./procfs.ts";
import { createStep, StepIds, stepFields, type Step, type Worker } from "./step.ts";
import { becomeRoot, cutBelow, dropFromTree, inherit } from "./stepTree.ts";
import type { WorkerLog } from "./workerLog.ts";

const LIMITS = {
  /** Steps of a run; what begins later belongs to none. */
  steps: 20_000,
  workers: 64,
  /** How long `step.end` waits for the worker's log to say how the step ended, in ms. */
  conclusionMs: 1_500,
} as const;

/** The variables that are looked for where the sensor could not read the environment to its end. */
const FALLBACK = ["GITHUB_ACTION", "GITHUB_ACTION_PATH"];

/** The log that a worker's process writes, where there is one. */
export type FindLog = (worker: Process) => WorkerLog | undefined;

/** A step that no worker begins: the command of `record`. */
export interface OnlyStep {
  readonly action: string;
  readonly name: string;
  readonly number: number | undefined;
}

/** A step that is over and waits for its conclusion. */
interface Ending {
  readonly step: Step;
  readonly at: number;
}

export interface StepsOptions {
  /** Gives milliseconds and never goes back. */
  readonly clock: () => number;
  /** Without it a step is named by its GITHUB_ACTION. */
  readonly findLog?: FindLog;
  /** What belongs to no other step belongs to it. */
  readonly only?: OnlyStep | undefined;
  /** What the log says already of the job that the run belongs to. */
  readonly job?: JobFacts | undefined;
  /** Told of the temporary directory of a runner, whose worker runs as user `uid`. */
  readonly onTemp?: (temp: string, uid: number) => void;
}

export class Steps {
  readonly #log: EventLog;
  readonly #clock: () => number;
  readonly #findLog: FindLog | undefined;
  readonly #onTemp: StepsOptions["onTemp"];
  readonly #ids = new StepIds();
  readonly #workers = new Map<Process, Worker>();
  readonly #only: Step | undefined;
  /** The process of that step, which was there first, and how it ended. */
  #onlyRoot: Process | undefined;
  #onlyConclusion: string | undefined;
  #endings: Ending[] = [];
  #saidUnknown = false;
  /** The job that the log has told of last, as JSON. */
  #saidJob: string;

  constructor(log: EventLog, { clock, findLog, only, job = {}, onTemp }: StepsOptions) {
    this.#log = log;
    this.#saidJob = JSON.stringify(job);
    this.#clock = clock;
    this.#findLog = findLog;
    this.#onTemp = onTemp;
    if (only === undefined) return;
    const { action, name, number } = only;
    const step = createStep(this.#ids.next(action), {
      action,
      composite: false,
      worker: undefined,
      pid: 0,
      startedAt: 0,
    });
    this.#only = Object.assign(step, { name, number });
  }

  /** A process is new: it belongs where its parent does. */
  enter(process: Process, parent: Process | undefined, t: number): void {
    if (parent !== undefined) return inherit(process, parent);
    const only = this.#only;
    if (only === undefined) return;
    if (this.#onlyRoot === undefined) {
      this.#onlyRoot = process;
      this.#log.write("step.start", t, stepFields(only));
    }
    becomeRoot(process, only);
  }

  /** `process` is about to run its program, and its parent's executable has the worker's name. */
  begin(frame: StepFrame, process: Process, parent: Process | undefined): void {
    if (parent === undefined || !this.#isFree(parent) || !this.#isFree(process)) return;
    const variables = this.#variablesOf(frame);
    const action = variables.get("GITHUB_ACTION") ?? "";
    const worker = this.#workerOf(parent);
    if (action === "" || worker === undefined) return;
    const composite = (variables.get("GITHUB_ACTION_PATH") ?? "") !== "";
    const step = continued(worker, action, composite) ?? this.#start(worker, action, composite, frame, variables);
    if (step === undefined) return;
    const temp = variables.get("RUNNER_TEMP");
    if (temp !== undefined) this.#onTemp?.(temp, parent.uid);
    step.running += 1;
    becomeRoot(process, step);
  }

  exit(process: Process, frame: ExitFrame): void {
    const { step } = process;
    if (step !== undefined && step === this.#only) {
      if (process === this.#onlyRoot) this.#onlyEnded(step, frame);
    } else if (process.stepRoot && step !== undefined) {
      step.running -= 1;
      step.endedAt = frame.time;
      // What follows in a composite action is not known yet.
      if (step.running === 0 && !step.composite) this.#end(step);
    }
    cutBelow(process);
    this.#workerEnded(process, frame.time);
  }

  /** `process` is forgotten; it may run on. */
  forget(process: Process): void {
    dropFromTree(process);
    this.#workers.get(process)?.log?.close();
    this.#workers.delete(process);
  }

  /** Writes the ends that have waited long enough for their conclusion, or all of them. */
  tick(all = false): void {
    for (const worker of this.#workers.values()) {
      worker.log?.poll();
      if (all) this.#endIdle(worker);
    }
    const until = all ? Infinity : this.#clock() - LIMITS.conclusionMs;
    if (this.#endings.length > 0) this.#writeEndings(until);
    const only = this.#only;
    if (all && only !== undefined && this.#onlyConclusion !== undefined) {
      this.#log.write("step.end", only.endedAt, stepFields(only, this.#onlyConclusion));
      this.#onlyConclusion = undefined;
    }
  }

  #onlyEnded(step: Step, frame: ExitFrame): void {
    step.endedAt = frame.time;
    this.#onlyConclusion = frame.code === 0 && frame.signal === 0 ? "success" : "failure";
  }

  /** Steps of composite actions that nothing runs for: only what comes then tells that they are over. */
  #endIdle(worker: Worker): void {
    for (const step of worker.open) if (step.running === 0) this.#end(step);
  }

  /** In no step of the workflow, so that it can be the worker, or begin a step. */
  #isFree(process: Process): boolean {
    return process.step === undefined || process.step === this.#only;
  }

  #variablesOf(frame: StepFrame): ReadonlyMap<string, string> {
    if (!frame.truncated || frame.variables.has("GITHUB_ACTION")) return frame.variables;
    const variables = readVariables(frame.pid, frame.start, FALLBACK);
    if (variables !== undefined) return variables;
    if (!this.#saidUnknown) {
      this.#saidUnknown = true;
      const reason =
        "the environment of a process that the runner started could not be read to its end: its step is not known";
      this.#log.writeObject("coverage", frame.time, { hook: "steps", state: "off", reason });
    }
    return frame.variables;
  }

  #workerOf(process: Process): Worker | undefined {
    let worker = this.#workers.get(process);
    if (worker === undefined && this.#workers.size < LIMITS.workers) {
      worker = { open: new Set(), last: undefined, log: this.#findLog?.(process) };
      this.#workers.set(process, worker);
    }
    return worker;
  }

  #workerEnded(process: Process, t: number): void {
    const worker = this.#workers.get(process);
    if (worker === undefined) return;
    this.#workers.delete(process);
    for (const step of worker.open) {
      if (step.running > 0) step.endedAt = t;
      this.#end(step);
    }
    worker.log?.poll();
    worker.log?.close();
  }

  #start(
    worker: Worker,
    action: string,
    composite: boolean,
    frame: StepFrame,
    variables: ReadonlyMap<string, string>,
  ): Step | undefined {
    this.#endIdle(worker);
    if (this.#ids.given >= LIMITS.steps) return undefined;
    const step = createStep(this.#ids.next(action), {
      action,
      composite,
      worker,
      pid: frame.pid,
      startedAt: frame.time,
    });
    worker.last = step;
    worker.open.add(step);
    worker.log?.poll();
    nameIt(step);
    // The worker has gone on: what it had to say of the steps before is said.
    this.#writeEndings(Infinity);
    this.#log.write("step.start", frame.time, stepFields(step) + this.#newJob(variables));
    return step;
  }

  /** `,"run":{…}` where the job is another one than the log has told of last. */
  #newJob(variables: ReadonlyMap<string, string>): string {
    const facts = jobFacts((name) => variables.get(name));
    const json = JSON.stringify(facts);
    if (facts.id === undefined || json === this.#saidJob) return "";
    this.#saidJob = json;
    return `,"run":${json}`;
  }

  #end(step: Step): void {
    step.worker?.open.delete(step);
    this.#endings.push({ step, at: this.#clock() });
    if (step.worker?.log === undefined) this.#writeEndings(Infinity);
  }

  #writeEndings(until: number): void {
    this.#endings = this.#endings.filter(({ step, at }) => {
      nameIt(step);
      const conclusion = step.logged?.conclusion;
      if (conclusion === undefined && at > until) return true;
      this.#log.write("step.end", step.endedAt, stepFields(step, conclusion));
      return false;
    });
  }
}

/** The open step that a further process of the worker goes on with. */
const continued = (worker: Worker, action: string, composite: boolean): Step | undefined => {
  const { last, open } = worker;
  return composite && last !== undefined && last.composite && last.action === action && open.has(last)
    ? last
    : undefined;
};

/** Takes name and number from the worker's log, as far as it tells them by now. */
const nameIt = (step: Step): void => {
  const log = step.worker?.log;
  // Until the log names the process it is the latest step: the worker writes that before it starts the process.
  step.logged = log?.startedFor(step.pid, step.startedAt) ?? step.logged ?? log?.at(step.startedAt);
  if (step.logged === undefined) return;
  step.logged.taken = true;
  step.name = step.logged.name;
  step.number = step.logged.number;
};
