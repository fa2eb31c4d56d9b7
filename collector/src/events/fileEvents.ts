// What processes do to files: changes, and who reads what is secret.
import type { FileFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import { FileBursts, type Told } from "./fileBursts.ts";
import { fileFields, findingFields, foldedFields, readFields } from "./lines.ts";
import type { Process } from "./process.ts";
import type { ProcessTable } from "./processTable.ts";
import { readExecutable } from "./procfs.ts";
import { redactText } from "./redactText.ts";
import { isNotable, processSecretKind, secretKind, type SecretKind } from "./secretFiles.ts";
import type { ToolCalls } from "./toolCalls.ts";

/** The runner's own programs: the worker's memory holds every secret of the job, masked or not. */
const RUNNER = /\/Runner\.(?:Worker|Listener|PluginHost)$/;
/** Findings are said once for each who and what; so many of these are remembered. */
const MOST_FINDINGS = 4096;

export class FileEvents {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #tools: ToolCalls;
  readonly #bursts: FileBursts;
  readonly #found = new BoundedMap<string, true>(MOST_FINDINGS);

  /** `clock` gives milliseconds and never goes back. */
  constructor(log: EventLog, processes: ProcessTable, tools: ToolCalls, clock: () => number) {
    this.#log = log;
    this.#bursts = new FileBursts((told) => this.#tell(told), clock);
    this.#processes = processes;
    this.#tools = tools;
  }

  take(frame: FileFrame): void {
    if (frame.op === "read") this.#read(frame);
    else this.#change(frame, frame.op);
  }

  /** The process ends, or becomes another program: what it did before is told. */
  before(frame: Pick<FileFrame, "pid" | "start">): void {
    const process = this.#processes.find(frame.pid, frame.start);
    if (process !== undefined) this.#bursts.flush(process);
  }

  /** Tells what has waited long enough; `all` of it where nothing more will come. Call it a few times a second. */
  tick(all = false): void {
    this.#bursts.tick(all);
  }

  #change(frame: FileFrame, op: Exclude<FileFrame["op"], "read">): void {
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    const { count, partial } = frame;
    const path = redactText(frame.path);
    const from = frame.from === "" ? "" : redactText(frame.from);
    const tool = this.#tools.ofFile(process, frame.path, frame.from, frame.time);
    const alone = (): boolean =>
      path !== frame.path ||
      from !== frame.from ||
      this.#tools.knows(process) ||
      this.#standsAlone(frame.path, frame.time) ||
      (from !== "" && this.#standsAlone(from, frame.time));
    if (this.#bursts.take(process, tool, frame, alone)) return;
    const fields = fileFields(process, tool, { op, path, from, count, partial });
    const seq = this.#log.write("file.write", frame.time, fields, count);
    if (frame.owner !== 0) this.#judge(process, frame, processSecretKind(frame.path), seq);
  }

  /** A file that somebody may look for by its path is never one of many. */
  #standsAlone(path: string, time: number): boolean {
    return secretKind(path) !== undefined || isNotable(path) || this.#tools.names(path, time);
  }

  #tell(told: Told): void {
    const { process, toolJson, stepJson, op, t, count } = told;
    const fields =
      told.many === undefined
        ? fileFields(process, toolJson, { op, path: told.path, from: told.from, count, partial: false }, stepJson)
        : foldedFields(process, { ...told.many, toolJson, stepJson, op, until: told.until, count });
    this.#log.write("file.write", t, fields, count);
  }

  /** The sensor tells more than what is secret: it knows names only. */
  #read(frame: FileFrame): void {
    const kind = this.#kindOf(frame);
    if (kind === undefined) return;
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    const tool = this.#tools.ofFile(process, frame.path, "", frame.time);
    const owner = frame.owner === 0 ? undefined : this.#processes.running(frame.owner)?.idJson;
    const { count, partial } = frame;
    const fields = readFields(process, tool, { path: redactText(frame.path), kind, owner, count, partial });
    const seq = this.#log.write("file.read", frame.time, fields, count);
    if (frame.owner !== 0) this.#judge(process, frame, kind, seq);
  }

  #kindOf({ pid, start, path, owner }: FileFrame): SecretKind | undefined {
    const image = this.#processes.find(pid, start)?.image;
    if (owner === 0) return secretKind(path, image?.exe);
    const kind = processSecretKind(path);
    return kind === "process environment" && image?.onlyLists === true ? undefined : kind;
  }

  /** Nothing in a job has a reason to look into the runner itself; who does looks for the job's secrets. */
  #judge(process: Process, frame: FileFrame, kind: SecretKind, seq: number): void {
    const exe = this.#processes.running(frame.owner)?.image.exe ?? readExecutable(frame.owner);
    if (exe === undefined || !RUNNER.test(exe)) return;
    const verb = frame.op === "read" ? "read" : "write";
    const key = `${process.id} ${verb} ${frame.owner} ${kind}`;
    if (this.#found.get(key) === true) return;
    this.#found.set(key, true);
    const what = kind === "process environment" ? "environment" : "memory";
    const name = exe.slice(exe.lastIndexOf("/") + 1);
    const title = `A process ${verb === "read" ? "reads" : "opens to write"} the ${what} of the runner's ${name}`;
    const finding = { rule: `runner-process-${verb}`, severity: "high", title, evidence: [seq] };
    this.#log.write("finding", frame.time, findingFields(process, finding));
  }
}
