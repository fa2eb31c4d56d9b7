// The processes of the run: who they are, who forked them, and when they are worth a line in the log.
//
// A fork alone is not: a shell forks for every command. A forked child is held back until it execs, or acts itself
// (connects, asks DNS, writes a file), or fails (exits with another code than 0, or by a signal), or becomes the parent of
// a process that is introduced; only then it is said, with `forked: true`, and only then its exit is. A process that is
// moved into the watched cgroup is held back like that, but not for long. Ids are `pid-start`, so they stay apart when the kernel reuses a pid.
import { OldestEntry } from "../../report/oldestEntry.ts";
import type { Containers } from "../containers/containers.ts";
import type { Origins } from "../containers/origins.ts";
import type { ExecFrame, ExitFrame, ForkFrame, StepFrame } from "../sensor/frame.ts";
import type { EventLog } from "./eventLog.ts";
import { createImage, UNKNOWN_IMAGE } from "./image.ts";
import { execFields, exitFields } from "./lines.ts";
import type { Process } from "./process.ts";
import { readProcess, TICK_NS } from "./procfs.ts";
import { bootOffsetUs, nowAt } from "./bootClock.ts";
import type { Steps } from "./steps.ts";
import type { ToolCalls } from "./toolCalls.ts";

const LIMITS = {
  /** Processes kept, ended ones included. */
  processes: 131_072,
  /** Held ancestors that a chain of forks keeps alive. */
  depth: 32,
  /** How long an ended process is kept for late events of it (a close, an answer), in ms. */
  lingerMs: 5_000,
  /** How long a process that was moved into the watched cgroup is held back, in ms: mostly it is about to exec. */
  arrivalMs: 2_000,
} as const;

/** Who else is told of processes, and says more of them. */
interface Also {
  readonly steps?: Steps;
  readonly containers?: Containers;
  readonly origins?: Origins;
}

export class ProcessTable {
  readonly #log: EventLog;
  readonly #userName: (uid: number) => string | undefined;
  readonly #clock: () => number;
  readonly #tools: ToolCalls;
  readonly #limit: number;
  readonly #steps: Steps | undefined;
  readonly #containers: Containers | undefined;
  readonly #origins: Origins | undefined;
  readonly #byPid = new Map<number, Process>();
  /** Where the next process is looked for that has to go while none has ended. */
  readonly #oldest = new OldestEntry(this.#byPid);
  #ended: { readonly process: Process; readonly at: number }[] = [];
  #endedFrom = 0;
  readonly #arrivals: { readonly process: Process; readonly t: number; readonly at: number }[] = [];
  #live = false;
  #size = 0;
  /** Wall clock minus boot clock in µs; exact as soon as a fork was seen, whose two times are of the same moment. */
  #bootOffset = bootOffsetUs();

  /** `clock` gives milliseconds and never goes back. */
  constructor(
    log: EventLog,
    userName: (uid: number) => string | undefined,
    clock: () => number,
    tools: ToolCalls,
    limit: number = LIMITS.processes,
    also: Also = {},
  ) {
    this.#log = log;
    this.#userName = userName;
    this.#clock = clock;
    this.#tools = tools;
    this.#limit = limit;
    this.#steps = also.steps;
    this.#containers = also.containers;
    this.#origins = also.origins;
  }

  /** Number of processes kept. */
  get size(): number {
    return this.#size;
  }

  fork(frame: ForkFrame): void {
    this.#bootOffset = frame.time - frame.start / 1000;
    // A frame that was lost on its way may have made something else introduce it before.
    if (this.find(frame.pid, frame.start) !== undefined) return;
    const parent = this.find(frame.ppid, frame.parentStart);
    const creator = frame.creator === undefined ? parent : this.find(frame.creator.pid, frame.creator.start);
    const child = this.#enter(frame, parent, creator);
    child.container = this.#containers?.forked(frame, creator?.container);
    child.insidePid = frame.insidePid;
    // The first process of the machine can start one right in the watched cgroup.
    child.descentKnown = creator?.descentKnown ?? (frame.creator?.pid ?? frame.ppid) === 1;
  }

  /** Comes before the exec of the process. */
  step(frame: StepFrame): void {
    const parent = this.find(frame.ppid, frame.parentStart);
    const process = this.find(frame.pid, frame.start) ?? this.#enter({ ...frame, uid: 0 }, parent, parent);
    if (frame.existing) process.descentKnown = true;
    // A process of a step can make the worker its child's parent: only its fork tells that it comes from the step.
    if (process.descentKnown) this.#steps?.begin(frame, process, parent);
  }

  exec(frame: ExecFrame): void {
    let process = this.find(frame.pid, frame.start);
    if (process === undefined) {
      const parent = this.find(frame.ppid, frame.parentStart);
      process = this.#enter(frame, parent, parent);
    }
    if (frame.existing) process.descentKnown = true;
    process.ppid = frame.ppid;
    process.uid = frame.uid;
    process.container = this.#containers?.execed(frame);
    process.insidePid = frame.insidePid;
    this.#origins?.execed(process, frame, this.#containers?.unitOf(frame.cgroup) ?? "");
    process.image = createImage(frame.exe, frame.argv, frame.cwd, frame.truncated);
    process.workerExe = frame.exe.endsWith("/Runner.Worker") ? frame.exe : undefined;
    process.existing = frame.existing;
    if (process.role !== undefined) this.#tools.execed(process, frame, frame.time);
    if (frame.existing && this.#live) this.#arrivals.push({ process, t: frame.time, at: this.#clock() });
    else this.#introduce(process, frame.time, "exec");
  }

  /** From now on processes that were there before can only be ones that are moved into the watched cgroup. */
  live(): void {
    this.#live = true;
  }

  exit(frame: ExitFrame): void {
    const process = this.find(frame.pid, frame.start);
    if (process === undefined || process.ended) return;
    process.ended = true;
    if (process.role !== undefined) this.#tools.exited(process, frame.time);
    if (process.introduced) {
      this.#writeExit(process, frame);
    } else {
      process.heldExit = frame;
      // How something failed is never left out: a shell's child that finds no command ends like this.
      if (frame.code !== 0 || frame.signal !== 0) this.#introduce(process, frame.time, "acts");
    }
    this.#steps?.exit(process, frame);
    this.#origins?.exited(process, frame.time);
    this.#ended.push({ process, at: this.#clock() });
  }

  /** The process of an event that it did itself, at `t`: introduced in the log before this returns. */
  acting(pid: number, start: number, t: number): Process {
    const known = this.find(pid, start);
    if (known?.role !== undefined) this.#tools.acting(known, t);
    if (known?.introduced === true) return known;
    const process = known ?? this.#enter({ pid, start, ppid: 0, uid: 0, time: t }, undefined, undefined);
    if (known === undefined) process.existing = true;
    if (process.image === UNKNOWN_IMAGE) {
      const facts = readProcess(pid, start);
      if (facts !== undefined) {
        process.image = createImage(facts.exe, facts.argv, facts.cwd, false);
        process.ppid = facts.ppid;
        process.uid = facts.uid;
      }
    }
    this.#introduce(process, t, "acts");
    return process;
  }

  /** The process of exactly this start; undefined where it is none of the run. Unlike `acting`, it introduces nothing. */
  find(pid: number, start: number): Process | undefined {
    let process = this.#byPid.get(pid);
    while (process !== undefined && process.start !== start) process = process.older;
    return process;
  }

  /** Who has this pid now, as far as known. */
  running(pid: number): Process | undefined {
    const process = this.#byPid.get(pid);
    return process?.ended === false ? process : undefined;
  }

  /** The process that /proc says began at `start`, give or take two ticks; undefined where it is none of the run. */
  near(pid: number, start: number): Process | undefined {
    let process = this.#byPid.get(pid);
    while (process !== undefined && Math.abs(process.start - start) > 2 * TICK_NS) process = process.older;
    return process;
  }

  /** Those that `parent`, which is introduced, has started and that still run. */
  *childrenOf(parent: Process): Generator<Process> {
    for (const process of this.#byPid.values()) {
      if ((process.parentIdJson === parent.idJson || process.parent === parent) && !process.ended) yield process;
    }
  }

  /**
   * Introduces processes that were moved in and stay (all that wait, where nothing more will come), and forgets those that
   * ended a while ago. Call it now and then.
   */
  tick(all = false): void {
    const arrived = all ? Infinity : this.#clock() - LIMITS.arrivalMs;
    while (this.#arrivals[0] !== undefined && this.#arrivals[0].at <= arrived) {
      const { process, t } = this.#arrivals[0];
      this.#arrivals.shift();
      if (!process.introduced && !process.ended) this.#introduce(process, t, "acts");
    }
    const until = this.#clock() - LIMITS.lingerMs;
    let next = this.#ended[this.#endedFrom];
    while (next !== undefined && next.at <= until) {
      this.#forget(next.process);
      next = this.#ended[++this.#endedFrom];
    }
    if (this.#endedFrom > 4096 || next === undefined) {
      this.#ended = this.#ended.slice(this.#endedFrom);
      this.#endedFrom = 0;
    }
  }

  /** Adds the process that a frame is the first to tell of; `creator` has forked it. */
  #enter(
    frame: Pick<ForkFrame, "pid" | "start" | "ppid" | "uid" | "time">,
    parent: Process | undefined,
    creator: Process | undefined,
  ): Process {
    const process = this.#add(frame.pid, frame.start, frame.ppid, frame.uid, creator);
    this.#setParent(process, parent);
    this.#steps?.enter(process, creator, frame.time);
    if (creator?.role !== undefined) this.#tools.forked(process, creator, frame.time);
    return process;
  }

  /** Now, on the clock of the frames; µs since the epoch. */
  now(): number {
    return nowAt(this.#bootOffset);
  }

  /** Time at which it began, in µs since the epoch. */
  startedAt(process: Process): number {
    return process.start / 1000 + this.#bootOffset;
  }

  #add(pid: number, start: number, ppid: number, uid: number, parent: Process | undefined): Process {
    const id = `${pid}-${Math.floor(start / 1000).toString(36)}`;
    const process: Process = {
      pid,
      start,
      id,
      idJson: `"${id}"`,
      toolJson: parent?.toolJson ?? "",
      hookWord: parent?.hookWord ?? "believed",
      role: undefined,
      stepJson: "",
      ppid,
      uid,
      existing: false,
      introduced: false,
      parent: undefined,
      parentIdJson: undefined,
      depth: 0,
      image: parent?.image ?? UNKNOWN_IMAGE,
      container: undefined,
      insidePid: 0,
      ended: false,
      heldExit: undefined,
      descentKnown: false,
      step: undefined,
      stepRoot: false,
      detached: false,
      stepGuess: false,
      stepParent: undefined,
      stepChildren: undefined,
      workerExe: undefined,
      older: this.#byPid.get(pid),
    };
    this.#byPid.set(pid, process);
    this.#size++;
    if (this.#size > this.#limit) this.#makeRoom();
    else this.#oldest.idle();
    return process;
  }

  /** A held parent is kept as it may have to be introduced; of an introduced one only its id is needed. */
  #setParent(child: Process, parent: Process | undefined): void {
    if (parent === undefined) return;
    if (parent.introduced) child.parentIdJson = parent.idJson;
    else if (parent.depth < LIMITS.depth) [child.parent, child.depth] = [parent, parent.depth + 1];
    else [child.parent, child.depth, child.parentIdJson] = [parent.parent, parent.depth, parent.parentIdJson];
  }

  #introduce(process: Process, t: number, why: "exec" | "acts"): void {
    const parent = process.parent;
    if (parent !== undefined) {
      if (!parent.introduced) this.#introduce(parent, t, "acts");
      process.parent = undefined;
      process.parentIdJson = parent.idJson;
    }
    process.introduced = true;
    process.depth = 0;
    const user = this.#userName(process.uid);
    const mark = process.existing ? "existing" : why === "exec" ? "" : "forked";
    this.#log.write("process.exec", t, execFields(process, process.parentIdJson, user, mark));
    if (process.heldExit !== undefined) {
      this.#writeExit(process, process.heldExit);
      process.heldExit = undefined;
    }
  }

  #writeExit(process: Process, exit: ExitFrame): void {
    const durationUs = Math.max(0, Math.round(exit.time - this.#bootOffset - exit.start / 1000));
    this.#log.write("process.exit", exit.time, exitFields(process, exit.code, exit.signal, durationUs));
    // Its forks hold what they need themselves; an ended process must not keep a long command line alive.
    process.image = UNKNOWN_IMAGE;
  }

  #forget(process: Process): void {
    this.#steps?.forget(process);
    const head = this.#byPid.get(process.pid);
    if (head === process) {
      if (process.older === undefined) this.#byPid.delete(process.pid);
      else this.#byPid.set(process.pid, process.older);
      this.#size--;
      return;
    }
    for (let at = head; at !== undefined; at = at.older) {
      if (at.older !== process) continue;
      at.older = process.older;
      this.#size--;
      return;
    }
  }

  /** An ended process goes first; without one the oldest, whose later events introduce it anew. */
  #makeRoom(): void {
    const ended = this.#ended[this.#endedFrom];
    if (ended !== undefined) {
      this.#oldest.idle();
      this.#endedFrom++;
      this.#forget(ended.process);
      return;
    }
    const next = this.#oldest.next();
    if (next !== undefined) this.#forget(next[1]);
  }
}
