// The other way round: which processes and connections of a run have to do with each line of a change. Built up as the run goes
// on; what is asked again and again (the same command, the same host by the same process) is asked once.
import { setImmediate } from "node:timers/promises";
import { changesOf } from "../../../collector/protocol/foldedFiles.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import type { ChangeIndex } from "../diff/changeIndex.ts";
import type { Candidate, Side } from "../diff/changes.ts";
import { relate } from "../diff/relate.ts";
import { RepositoryRoots } from "../diff/repositoryRoots.ts";
import type { RunReader } from "./runReader.ts";

export interface LineUse {
  /** What stands there. */
  readonly text: string;
  /** By process. */
  readonly processes: ReadonlyMap<string, UsedProcess>;
  /** Where they go, by connection. */
  readonly connections: ReadonlyMap<string, string>;
}

export interface UsedProcess {
  readonly pid: number;
  /** The beginning of its command line. */
  readonly command: string;
}

/** What the run has to do with one side of a file, by line from 1. */
export type SideUses = ReadonlyMap<number, LineUse>;

/** What is said above a line is to be right. */
const LEAST_SCORE = 0.6;
/** So much is asked of one run; a run that has more is no run to read above lines. */
const MAX_ASKED = 20_000;
/** And so long: of a change of thousands of files an event can take tens of milliseconds. */
const MAX_ASKED_MS = 30_000;
const MAX_LINES = 2000;
const MAX_OF_LINE = 1000;
const SLICE_MS = 8;

const WANTED = new Set(["process.exec", "net.connect", "http.request", "file.write"]);

interface Use {
  readonly text: string;
  readonly processes: Map<string, UsedProcess>;
  readonly connections: Map<string, string>;
}

const NONE: SideUses = new Map<number, LineUse>();
const MAX_COMMAND = 200;

/** Events with the same key are about the same line. */
const keyOf = (event: RunEvent): string | undefined => {
  switch (event.type) {
    case "process.exec":
      return `exec ${event.exec.cwd}\0${event.exec.argv.join("\0").slice(0, 4000)}`;
    case "net.connect":
      return `net ${event.process ?? ""} ${event.host?.name ?? event.flow.remote.ip} ${event.flow.remote.port}`;
    case "http.request":
      return `http ${event.process ?? ""} ${event.http.host ?? ""}${event.http.path.slice(0, 1000)}`;
    case "file.write":
      return event.file.files === undefined ? `file ${event.file.path}` : undefined;
    default:
      return undefined;
  }
};

export class LineUses {
  readonly #reader: RunReader;
  readonly #changes: ChangeIndex;
  readonly #folders: readonly string[];
  /** By side and path, then by line. */
  readonly #uses = { left: new Map<string, Map<number, Use>>(), right: new Map<string, Map<number, Use>>() };
  readonly #known = new Map<string, Candidate | undefined>();
  #after = 0;
  #asked = 0;
  #askedMs = 0;
  #updating: Promise<void> = Promise.resolve();

  constructor(reader: RunReader, changes: ChangeIndex, folders: readonly string[]) {
    this.#reader = reader;
    this.#changes = changes;
    this.#folders = folders;
  }

  /** Takes in what has come since. The reader is to be up to date. */
  async update(): Promise<void> {
    // What could not be read is tried again.
    this.#updating = this.#updating.catch(() => undefined).then(() => this.#readOn());
    await this.#updating;
  }

  /** Of the file that has this path now, or had it before: right as it is now, left what of the base is removed. */
  of(path: string, side: Side): SideUses {
    const file = this.#changes.whole.file(path);
    return (file === undefined ? undefined : this.#uses[side].get(file.path)) ?? NONE;
  }

  async #readOn(): Promise<void> {
    const { facts } = this.#reader;
    const roots = new RepositoryRoots(facts, this.#folders);
    const around = { facts, roots, changes: this.#changes };
    let sliceEnd = performance.now() + SLICE_MS;
    for await (const event of this.#reader.events(this.#after, (type) => WANTED.has(type))) {
      this.#after = event.seq;
      // A burst of files that tools put there is no change of anybody's.
      if (event.type === "file.write" && !this.#mayChange(event, roots)) continue;
      const best = this.#lineOf(event, () => relate(event, around).candidates[0]);
      if (best !== undefined) this.#note(event, best);
      if (performance.now() > sliceEnd) {
        await setImmediate();
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
  }

  #mayChange(event: Extract<RunEvent, { type: "file.write" }>, roots: RepositoryRoots): boolean {
    for (const { path } of changesOf(event)) {
      const relative = roots.relative(path);
      if (relative !== undefined && this.#changes.whole.file(relative) !== undefined) return true;
    }
    return false;
  }

  #lineOf(event: RunEvent, ask: () => Candidate | undefined): Candidate | undefined {
    const key = keyOf(event);
    if (key !== undefined && this.#known.has(key)) return this.#known.get(key);
    if (this.#asked >= MAX_ASKED || this.#askedMs >= MAX_ASKED_MS) return undefined;
    this.#asked += 1;
    const start = performance.now();
    const best = ask();
    this.#askedMs += performance.now() - start;
    const isGood = best !== undefined && best.score >= LEAST_SCORE && best.commit === undefined;
    const good = isGood ? best : undefined;
    if (key !== undefined) this.#known.set(key, good);
    return good;
  }

  #note(event: RunEvent, { path, line, side }: Candidate): void {
    if (line === undefined || event.process === undefined) return;
    const files = this.#uses[side];
    const lines = files.get(path) ?? new Map<number, Use>();
    files.set(path, lines);
    if (lines.size >= MAX_LINES && !lines.has(line)) return;
    const use = lines.get(line) ?? this.#newUse(path, line, side);
    lines.set(line, use);
    const [exec] = this.#reader.facts.chain(event.process, event.seq);
    if (exec !== undefined && use.processes.size < MAX_OF_LINE) {
      const command = exec.argv.join(" ").slice(0, MAX_COMMAND);
      use.processes.set(event.process, { pid: exec.pid, command });
    }
    if (event.type === "net.connect" && use.connections.size < MAX_OF_LINE) {
      const { ip, port } = event.flow.remote;
      use.connections.set(event.flow.id, `${event.host?.name ?? ip}:${port}`);
    }
  }

  #newUse(path: string, line: number, side: Side): Use {
    const found = this.#changes.whole
      .file(path)
      ?.lines.find((one) =>
        side === "left"
          ? one.kind === "removed" && one.oldLine === line
          : one.kind !== "removed" && one.newLine === line,
      );
    return { text: found?.text ?? "", processes: new Map(), connections: new Map() };
  }
}
