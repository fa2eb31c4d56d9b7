// What the runner's worker writes about its steps into its own log: display names, their order, how each ended.
//
// The log belongs to the user who runs the steps, so it can say anything: what is taken from it is a name to show, never
// which process belongs to which step. It is read in bounded pieces while it grows. The worker begins a new file when one is
// full; each is named by the time at which it was begun.
import { opendirSync } from "node:fs";
import { dirname, join } from "node:path";
import { LineReader } from "../strangers/lineReader.ts";
import { openStrangersFile, strangersDirectory } from "../strangers/openFile.ts";
import { shortText } from "./shortText.ts";
import { LONGEST_NAME } from "./step.ts";

const LIMITS = {
  /** Bytes that one look reads, and the first one: a few milliseconds' work. What is left then is read by the next ones. */
  read: 256 << 10,
  firstRead: 1 << 20,
  entries: 5_000,
  /** Names that are looked at in its directory. */
  files: 10_000,
  /** How often a further file is looked for, in ms. */
  rescanMs: 2_000,
} as const;

/** A step as the worker's log tells of it. */
export interface LoggedStep {
  readonly name: string;
  /** Its place in the job, as the runner counts; not known of what runs after the job's own steps. */
  readonly number: number | undefined;
  /** When the worker came to it, to the second; µs since the epoch. */
  readonly at: number;
  conclusion: string | undefined;
  /** The log says that a process was started for it. */
  started: boolean;
  /** A step of ours is known to be this one. */
  taken: boolean;
}

/** The log's times are to the second. */
const SECOND_US = 1_000_000;

const LINE = /^\[(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)Z (?:INFO|VERB) (\w+)\] (.*)$/;
// Older workers say more behind the name.
const STEP = /^Processing step: DisplayName='(.*?)(?:'(?:, ContinueOnError=.*)?)?$/;
const RESULT = /^(?:Update job result with|No need for updating job result with) current step result '(\w*)'/;
const TOTAL = /^Total job steps: (\d{1,6})\.$/;
const STARTED = /^Process started with process id (\d{1,10}),/;

const CONCLUSIONS: Readonly<Record<string, string>> = {
  Succeeded: "success",
  Failed: "failure",
  Canceled: "cancelled",
  Skipped: "skipped",
  Abandoned: "cancelled",
};

/** Takes the lines of the log, in their order. */
export class WorkerLogParser {
  readonly entries: LoggedStep[] = [];
  readonly #byPid = new Map<number, LoggedStep>();
  #total = 0;
  #seen = 0;

  line(line: string): void {
    const [, day, time, source, message = ""] = LINE.exec(line) ?? [];
    if (source === "StepsRunner") this.#step(message, Date.parse(`${day}T${time}Z`) * 1000);
    else if (source === "JobRunner") this.#total = Number(TOTAL.exec(message)?.[1] ?? this.#total);
    else if (source?.startsWith("ProcessInvoker") === true) this.#process(message);
  }

  #step(message: string, at: number): void {
    const name = STEP.exec(message)?.[1];
    if (name !== undefined && Number.isFinite(at)) {
      this.#seen += 1;
      // The runner's first step is to set up the job. Those behind the job's own are numbered with a gap.
      const number = this.#seen <= this.#total ? this.#seen + 1 : undefined;
      this.entries.push({
        name: shortText(name, LONGEST_NAME),
        number,
        at,
        conclusion: undefined,
        started: false,
        taken: false,
      });
      if (this.entries.length > LIMITS.entries) this.entries.shift();
      return;
    }
    const result = RESULT.exec(message)?.[1];
    const last = this.entries.at(-1);
    if (result !== undefined && last !== undefined) last.conclusion ??= CONCLUSIONS[result];
  }

  #process(message: string): void {
    const pid = STARTED.exec(message)?.[1];
    const last = this.entries.at(-1);
    if (pid === undefined || last === undefined) return;
    last.started = true;
    // The newest last.
    this.#byPid.delete(Number(pid));
    this.#byPid.set(Number(pid), last);
    if (this.#byPid.size <= LIMITS.entries) return;
    for (const oldest of this.#byPid.keys()) {
      this.#byPid.delete(oldest);
      return;
    }
  }

  /** The step that process `pid` was started for at `t` (µs since the epoch); undefined where that is not said yet. */
  startedFor(pid: number, t: number): LoggedStep | undefined {
    const entry = this.#byPid.get(pid);
    if (entry === undefined || entry.at > t) return undefined;
    // Another process had this pid, if the worker had gone on by then.
    const next = this.entries[this.entries.lastIndexOf(entry) + 1];
    return next === undefined || next.at + SECOND_US > t ? entry : undefined;
  }

  /**
   * The step that the worker was at, at `t` (µs since the epoch), which no step was found to be yet. Of several that it
   * came to within a second it is the first that can have had a process.
   */
  at(t: number): LoggedStep | undefined {
    let at = this.entries.findLastIndex((entry) => entry.at <= t);
    const latest = this.entries[at];
    if (latest === undefined || latest.taken) return undefined;
    for (; at > 0; at--) {
      const before = this.entries[at - 1];
      if (before === undefined || before.taken || before.started || latest.at - before.at > SECOND_US) break;
      if (before.conclusion === "skipped") break;
    }
    return this.entries[at];
  }
}

export class WorkerLog {
  readonly #folder: string;
  readonly #owner: number;
  readonly #clock: () => number;
  readonly #parser = new WorkerLogParser();
  /** The name of the file that is read, or of none yet: the next one comes behind it. */
  #file: string;
  #reader: LineReader | undefined;
  #atEnd = false;
  #scannedAt = -Infinity;
  #closed = false;

  /** `exe` of the worker, which began at `start` (µs since the epoch) and runs as user `owner`. */
  constructor(exe: string, start: number, owner: number, clock: () => number) {
    this.#folder = join(dirname(dirname(exe)), "_diag");
    this.#owner = owner;
    this.#clock = clock;
    const stamp = new Date((start - SECOND_US) / 1000).toISOString().replace(/[-:]/g, "").replace("T", "-");
    this.#file = `Worker_${stamp.slice(0, 15)}`;
    this.#read(LIMITS.firstRead);
  }

  /** Reads on in what has been written since: a bounded piece of it. */
  poll(): void {
    if (!this.#closed) this.#read(LIMITS.read);
  }

  /** As the parser's; nothing while there is more to read. */
  startedFor(pid: number, t: number): LoggedStep | undefined {
    return this.#atEnd ? this.#parser.startedFor(pid, t) : undefined;
  }

  /** As the parser's. */
  at(t: number): LoggedStep | undefined {
    return this.#atEnd ? this.#parser.at(t) : undefined;
  }

  close(): void {
    this.#closed = true;
    this.#reader?.close();
    this.#reader = undefined;
  }

  #read(most: number): void {
    try {
      let left = most;
      do {
        if (this.#reader !== undefined) left = this.#reader.read(left, (line) => this.#parser.line(line));
      } while (left > 0 && this.#openNext());
      this.#atEnd = left > 0;
    } catch {
      // It is not ours, and may change in any way: then there are no more names.
      this.close();
    }
  }

  /** Opens the file behind the one that was read to its end. */
  #openNext(): boolean {
    if (this.#reader !== undefined && this.#clock() - this.#scannedAt < LIMITS.rescanMs) return false;
    this.#scannedAt = this.#clock();
    const folder = strangersDirectory(this.#folder);
    const next = this.#nextName(folder);
    if (next === undefined) return false;
    const { fd } = openStrangersFile(join(folder, next), (uid) => uid === 0 || uid === this.#owner);
    this.#reader?.close();
    [this.#reader, this.#file] = [new LineReader(fd), next];
    return true;
  }

  #nextName(path: string): string | undefined {
    let next: string | undefined;
    const folder = opendirSync(path, { bufferSize: 1024 });
    try {
      for (let i = 0; i < LIMITS.files; i++) {
        const entry = folder.readSync();
        if (entry === null) break;
        const { name } = entry;
        if (!/^Worker_\d{8}-\d{6}-utc\.log$/.test(name) || name <= this.#file) continue;
        if (next === undefined || name < next) next = name;
      }
    } finally {
      folder.closeSync();
    }
    return next;
  }
}
