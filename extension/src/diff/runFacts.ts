// What a run's log tells that the meaning of one of its events depends on: which processes there are, the calls of tools, where
// the repository is. Fed with events in their order; bounded, as a log can be made to hurt.
import type { ExecInfo, RunEvent, StepInfo } from "../../../collector/protocol/events.ts";
import { toolCallOf, type ToolCall } from "./toolCalls.ts";

export interface Destination {
  readonly host: string | undefined;
  readonly ip: string;
  readonly port: number;
}

interface Exec {
  readonly seq: number;
  readonly exec: ExecInfo;
}

const LIMITS = {
  processes: 100_000,
  execsOfOne: 16,
  flows: 100_000,
  renames: 20_000,
  folders: 2000,
  chain: 32,
} as const;
/** A command line that is longer is cut: what it names stands in front. */
const MAX_ARGV = 200;

const GIT_FILE = /^(.*)\/\.git\/(?:HEAD|index|FETCH_HEAD|ORIG_HEAD|COMMIT_EDITMSG|logs\/|refs\/)/;

const count = (map: Map<string, number>, key: string): void => {
  if (map.has(key) || map.size < LIMITS.folders) map.set(key, (map.get(key) ?? 0) + 1);
};

export class RunFacts {
  /** `owner/name`, where the run is of a job. */
  repository: string | undefined;
  /** `refs/heads/BRANCH`, where the run is of a job. */
  ref: string | undefined;
  /** The commit that the run began at, where it is of a job. */
  sha: string | undefined;
  /** GitHub's number of the workflow run, where it is of a job. */
  runId: string | undefined;
  /** seq of the last event taken. */
  lastSeq = 0;
  /** Directories whose `.git` was written, and those that processes ran in, with how often. */
  readonly gitFolders = new Map<string, number>();
  readonly workFolders = new Map<string, number>();
  readonly #processes = new Map<string, Exec[]>();
  readonly #tools = new Map<string, ToolCall>();
  readonly #callFolders = new Map<string, string>();
  readonly #steps = new Map<string, StepInfo>();
  readonly #flows = new Map<string, Destination>();
  readonly #renames = new Map<string, string>();

  take(event: RunEvent): void {
    this.lastSeq = event.seq;
    switch (event.type) {
      case "run.start":
        this.repository ??= event.run.repository;
        this.ref ??= event.run.ref;
        this.sha ??= event.run.sha;
        this.runId ??= event.run.repository === undefined ? undefined : event.run.id;
        break;
      case "step.start":
        this.repository ??= event.run?.repository;
        this.ref ??= event.run?.ref;
        this.sha ??= event.run?.sha;
        this.runId ??= event.run?.id;
        this.#addStep(event.stepInfo);
        break;
      case "step.end":
        this.#addStep(event.stepInfo);
        break;
      case "tool.start":
      case "tool.end":
        this.addTool(toolCallOf(event.toolInfo));
        break;
      case "process.exec":
        this.#addExec(event.seq, event.exec);
        this.#noteCallFolder(event.tool, event.exec.cwd);
        break;
      case "net.connect":
        if (this.#flows.size < LIMITS.flows) {
          this.#flows.set(event.flow.id, { host: event.host?.name, ...event.flow.remote });
        }
        break;
      case "file.write":
        this.#takeFile(event.file.path, event.file.op === "rename" ? event.file.from : undefined);
        break;
      default:
        break;
    }
  }

  /** What is known of a call from elsewhere goes beyond what the log has. */
  addTool(call: ToolCall): void {
    if (this.#tools.size >= LIMITS.processes && !this.#tools.has(call.id)) return;
    this.#tools.set(call.id, { ...this.#tools.get(call.id), ...call });
  }

  /** A step, as far as it was named. */
  step(id: string | undefined): StepInfo | undefined {
    return id === undefined ? undefined : this.#steps.get(id);
  }

  /** In the order of their beginnings. */
  get tools(): readonly ToolCall[] {
    return [...this.#tools.values()];
  }

  tool(id: string | undefined): ToolCall | undefined {
    return id === undefined ? undefined : this.#tools.get(id);
  }

  /** Where the first program of a tool call ran: the agent itself may be elsewhere than its shell. */
  callFolder(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#callFolders.get(id);
  }

  destination(flow: string | undefined): Destination | undefined {
    return flow === undefined ? undefined : this.#flows.get(flow);
  }

  /** Where a file went that was written under another name first. */
  renamedTo(path: string): string | undefined {
    return this.#renames.get(path);
  }

  /** What the process ran at event `seq`, then what its parents ran when they had started it. */
  chain(process: string | undefined, seq: number): ExecInfo[] {
    const chain: ExecInfo[] = [];
    let [id, before] = [process, seq];
    while (id !== undefined && chain.length < LIMITS.chain) {
      const execs = this.#processes.get(id) ?? [];
      const at = execs.findLast((one) => one.seq <= before) ?? execs[0];
      if (at === undefined || chain.includes(at.exec)) break;
      chain.push(at.exec);
      [id, before] = [at.exec.parent, execs[0]?.seq ?? at.seq];
    }
    return chain;
  }

  /** What the process runs now, or ran last; a shell's child is the shell until it runs its program. */
  lastExec(process: string): { readonly seq: number; readonly exec: ExecInfo } | undefined {
    return this.#processes.get(process)?.at(-1);
  }

  #addStep(step: StepInfo): void {
    if (this.#steps.size < LIMITS.folders || this.#steps.has(step.id)) this.#steps.set(step.id, step);
  }

  #addExec(seq: number, exec: ExecInfo): void {
    count(this.workFolders, exec.cwd);
    const known = this.#processes.get(exec.id);
    const one = { seq, exec: exec.argv.length > MAX_ARGV ? { ...exec, argv: exec.argv.slice(0, MAX_ARGV) } : exec };
    if (known !== undefined) {
      if (known.length < LIMITS.execsOfOne) known.push(one);
    } else if (this.#processes.size < LIMITS.processes) this.#processes.set(exec.id, [one]);
  }

  #noteCallFolder(call: string | undefined, folder: string): void {
    if (call === undefined || this.#callFolders.has(call) || this.#callFolders.size >= LIMITS.processes) return;
    this.#callFolders.set(call, folder);
  }

  #takeFile(path: string, from: string | undefined): void {
    const folder = GIT_FILE.exec(path)?.[1];
    if (folder !== undefined && folder !== "") count(this.gitFolders, folder);
    if (from !== undefined && this.#renames.size < LIMITS.renames) this.#renames.set(from, path);
  }
}
