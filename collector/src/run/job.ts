// The workflow job that this collector runs in, or that runs on this machine: what the environment of a step's process says.
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { basename } from "node:path";
import { bootOffsetUs } from "../events/bootClock.ts";
import { readStat, readVariables } from "../events/procfs.ts";
import type { OnlyStep } from "../events/steps.ts";
import { WorkerLog } from "../events/workerLog.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What tells of the job in a step's environment. */
export const JOB_VARIABLES = [
  "GITHUB_ACTION",
  "GITHUB_ACTOR",
  "GITHUB_EVENT_NAME",
  "GITHUB_JOB",
  "GITHUB_REF",
  "GITHUB_REPOSITORY",
  "GITHUB_RUN_ATTEMPT",
  "GITHUB_RUN_ID",
  "GITHUB_SERVER_URL",
  "GITHUB_SHA",
  "GITHUB_WORKFLOW",
  "RUNNER_TEMP",
  "COPILOT_AGENT_FIREWALL_LOG_FILE",
];
const MOST_ANCESTORS = 128;

export interface Job {
  readonly environment: Environment;
  /** The step that we are in; absent outside of one. */
  readonly step: OnlyStep | undefined;
}

const exeOf = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return "";
  }
};
const isWorker = (pid: number): boolean => basename(exeOf(pid)) === "Runner.Worker";

/** Pid of the process above us that the runner's worker has started, and of the worker. */
const findStepProcess = (from: number): { readonly pid: number; readonly worker: number } | undefined => {
  let pid = from;
  for (let i = 0; i < MOST_ANCESTORS && pid > 1; i++) {
    const parent = readStat(pid)?.ppid ?? 0;
    if (isWorker(parent)) return { pid, worker: parent };
    pid = parent;
  }
  return undefined;
};

/** Pid of the runner's worker that this process is a part of a step of; undefined elsewhere. */
export const findWorker = (): number | undefined => findStepProcess(process.pid)?.worker;

/** The environment of a step that runs below the only worker of this machine; nothing where there are several. */
const machineEnvironment = (): Environment | undefined => {
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const [worker, ...others] = pids.filter(isWorker);
  if (worker === undefined || others.length > 0) return undefined;
  for (const pid of pids) {
    if (readStat(pid)?.ppid !== worker) continue;
    const variables = readVariables(pid, undefined, JOB_VARIABLES);
    if (variables?.has("GITHUB_ACTION") === true) return Object.fromEntries(variables);
  }
  return undefined;
};

const startOf = (pid: number): number => (readStat(pid)?.start ?? 0) / 1000 + bootOffsetUs();

const stepOf = (action: string, found: ReturnType<typeof findStepProcess>): OnlyStep => {
  const unnamed = { action, name: action, number: undefined };
  if (found === undefined) return unnamed;
  try {
    const owner = statSync(`/proc/${found.worker}`).uid;
    const log = new WorkerLog(exeOf(found.worker), startOf(found.worker), owner, () => performance.now());
    const at = startOf(found.pid);
    const logged = log.startedFor(found.pid, at) ?? log.at(at);
    log.close();
    return logged === undefined ? unnamed : { action, name: logged.name, number: logged.number };
  } catch {
    return unnamed; // It ends right now.
  }
};

/**
 * The job that `own`, our environment, tells of, or that of the step which we descend from: sudo takes the variables
 * away. With `wholeMachine`, else the one job of this machine.
 */
export const findJob = (own: Environment, wholeMachine: boolean): Job => {
  const found = findStepProcess(process.pid);
  let environment = own;
  if ((own["GITHUB_RUN_ID"] ?? "") === "") {
    const variables = found && readVariables(found.pid, undefined, JOB_VARIABLES);
    if (variables !== undefined) environment = { ...own, ...Object.fromEntries(variables) };
    else if (wholeMachine) environment = { ...own, ...machineEnvironment() };
  }
  const action = environment["GITHUB_ACTION"] ?? "";
  const isOurs = found !== undefined || (own["GITHUB_ACTION"] ?? "") !== "";
  return { environment, step: action === "" || !isOurs ? undefined : stepOf(action, found) };
};
