// Processes by the program they ran.
import type { ProcessExec, ProcessExit } from "../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import { compareText } from "./counting.ts";
import type { Listed, ProgramSummary } from "./runSummary.ts";

const MOST_PROCESSES = 100_000;
const MOST_PROGRAMS = 5_000;
/** Processes that have exited and are remembered: what others tell of them comes later. */
const MOST_ENDED = 10_000;

interface Program {
  readonly name: string;
  started: number;
  failed: number;
}

/** Last part of an executable's path; the whole of it where there is none. */
export const programName = (exe: string): string => exe.slice(exe.lastIndexOf("/") + 1) || exe;

export class ProgramTally {
  readonly #programs = new Map<string, Program>();
  /** What each process that has not exited runs. */
  readonly #running = new BoundedMap<string, Program>(MOST_PROCESSES);
  readonly #ended = new BoundedMap<string, Program>(MOST_ENDED);
  readonly #unlisted: Program = { name: "", started: 0, failed: 0 };
  started = 0;
  failed = 0;

  /** Name of the program that a process runs or ran, where it is known. */
  nameOf(process: string | undefined): string | undefined {
    if (process === undefined) return undefined;
    return (this.#running.get(process) ?? this.#ended.get(process))?.name;
  }

  /** Returns whether this is the first event of its process. */
  exec(event: ProcessExec): boolean {
    const program = this.#programOf(programName(event.exec.exe));
    // A process that execs again is still one process; each of its programs is counted once.
    const isNew = !this.#running.has(event.process ?? event.exec.id);
    if (isNew) this.started += 1;
    program.started += 1;
    this.#running.set(event.exec.id, program);
    return isNew;
  }

  exit(event: ProcessExit): void {
    const failed = event.exit.code !== 0 || event.exit.signal !== 0;
    if (failed) this.failed += 1;
    if (event.process === undefined) return;
    const program = this.#running.get(event.process);
    if (program !== undefined && failed) program.failed += 1;
    this.#running.delete(event.process);
    if (program !== undefined) this.#ended.set(event.process, program);
  }

  /** At most `most` programs, those started most often first. */
  list(most: number): Listed<ProgramSummary> {
    const sorted = [...this.#programs.values()].toSorted(
      (a, b) => b.started - a.started || compareText(a.name, b.name),
    );
    const items = sorted.slice(0, most).map((program) => ({ ...program }));
    return { items, omitted: sorted.length - items.length + (this.#unlisted.started > 0 ? 1 : 0) };
  }

  #programOf(name: string): Program {
    let program = this.#programs.get(name);
    if (program === undefined) {
      if (this.#programs.size >= MOST_PROGRAMS) return this.#unlisted;
      program = { name, started: 0, failed: 0 };
      this.#programs.set(name, program);
    }
    return program;
  }
}
