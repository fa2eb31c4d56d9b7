// Builds the events of a run for the labelled set, each with what a person who knows the pull request says it is about.
import type { ExecInfo, RunEvent, RunStart } from "../../../collector/protocol/events.ts";
import type { ToolCall } from "../../src/diff/toolCalls.ts";

/** A line that a person would want to see for an event. */
export interface Target {
  readonly path: string;
  /** Text of the line, as far as it needs to be unlike all others; absent: any line, or a file without lines to show. */
  readonly text?: string;
  /** Not in the pull request's diff, but in that of this commit: its place in the list, from 0. */
  readonly commit?: number;
}

export interface Label {
  /** Any of these is right. */
  readonly targets: readonly Target[];
  /** It is right, too, to name nothing: `targets` may be empty then. */
  readonly orNone: boolean;
}

export interface LabelledEvent {
  readonly event: RunEvent;
  readonly label: Label;
}

export const at = (path: string, text?: string): Target => (text === undefined ? { path } : { path, text });
export const inCommit = (commit: number, path: string, text?: string): Target => ({ ...at(path, text), commit });
export const right = (...targets: readonly Target[]): Label => ({ targets, orNone: false });
export const perhaps = (...targets: readonly Target[]): Label => ({ targets, orNone: true });
export const nothing: Label = { targets: [], orNone: true };

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What it writes, as a session's log tells it; a run's log leaves it out. */
  readonly newText?: string;
}

type Body = { [T in RunEvent["type"]]: Omit<Extract<RunEvent, { type: T }>, "v" | "seq" | "t"> }[RunEvent["type"]];

/** Where a process is in: its parent and its tool call. */
interface Around {
  readonly cwd?: string;
  readonly exe?: string;
}

interface LogWords {
  readonly run?: RunStart["run"];
  readonly verdict?: "would-block";
}

export class LabelledRun {
  readonly events: RunEvent[] = [];
  readonly labelled: LabelledEvent[] = [];
  /** With what a session's log knows beyond the run's. */
  readonly toolCalls: ToolCall[] = [];
  readonly root: string;
  readonly #day: string;
  #t = 0;
  #processes = 0;
  #flows = 0;
  #calls = 0;
  readonly #toolOf = new Map<string, string>();

  /** `day` as `2026-05-31`; `repository` as `owner/name`. */
  constructor(repository: string, day: string, time: string) {
    const name = repository.split("/")[1] ?? "";
    this.root = `/home/runner/work/${name}/${name}`;
    this.#day = day;
    this.clock(time);
    this.#add({
      type: "run.start",
      run: { id: `${name}-1`, repository, workflow: "Copilot cloud agent", job: "copilot" },
      host: { name: "runner", os: "Ubuntu 24.04", kernel: "6.11", arch: "x64" },
      collector: { version: "0.1.0" },
      policy: { mode: "none", endpoints: [] },
    });
  }

  /** From now on it is `time`, as `06:18:40`; every event takes ten milliseconds. */
  clock(time: string): void {
    this.#t = Date.parse(`${this.#day}T${time}Z`) * 1000;
  }

  /** Starts a call of a tool; what its processes do belongs to it. */
  call(name: string, input: Call["input"], newText?: string): string {
    const id = `call-${(this.#calls += 1)}`;
    const path = typeof input["path"] === "string" ? { path: input["path"] } : {};
    const command = typeof input["command"] === "string" ? { command: input["command"] } : {};
    this.toolCalls.push({ id, name, ...path, ...command, ...(newText === undefined ? {} : { newText }) });
    this.#add({ type: "tool.start", toolInfo: { id, name, input } });
    return id;
  }

  /** A program starts; @returns the id of its process. It is of its parent's tool call where none is given. */
  exec(argv: readonly string[], parent?: string, label?: Label, tool?: string, around: Around = {}): string {
    const number = (this.#processes += 1);
    const id = `${1000 + number}-${number}`;
    const call = tool ?? (parent === undefined ? undefined : this.#toolOf.get(parent));
    if (call !== undefined) this.#toolOf.set(id, call);
    const exec: ExecInfo = {
      id,
      pid: 1000 + number,
      ppid: parent === undefined ? 1 : Number(parent.split("-")[0]),
      ...(parent === undefined ? {} : { parent }),
      exe: around.exe ?? (argv[0]?.startsWith("/") === true ? argv[0] : `/usr/bin/${argv[0] ?? ""}`),
      argv: [...argv],
      cwd: around.cwd ?? this.root,
      uid: 1001,
    };
    this.#add({ type: "process.exec", exec, ...this.#of(id) }, label);
    return id;
  }

  /** One change of a file; relative paths are of the repository. `tool` where the agent itself made it. */
  write(
    process: string,
    op: "create" | "write" | "unlink" | "rename",
    path: string,
    label?: Label,
    more: { readonly from?: string; readonly tool?: string } = {},
  ): void {
    const file = {
      op,
      path: this.#absolute(path),
      ...(more.from === undefined ? {} : { from: this.#absolute(more.from) }),
    };
    this.#add({ type: "file.write", file, ...this.#of(process, more.tool) }, label);
  }

  /** Many changes below `path`, told in one event. */
  writeMany(process: string, path: string, files: Readonly<Record<string, readonly string[]>>, label?: Label): void {
    const count = Object.values(files).flat().length;
    const file = { op: "create" as const, path: this.#absolute(path), files };
    this.#add({ type: "file.write", file, count, ...this.#of(process) }, label);
  }

  read(process: string, path: string, label?: Label): void {
    this.#add({ type: "file.read", file: { path: this.#absolute(path) }, ...this.#of(process) }, label);
  }

  query(process: string, name: string, label?: Label): void {
    const server = { ip: "127.0.0.53", port: 53 };
    const dns = { name, qtype: "A", transport: "udp" as const, server, rcode: "NOERROR", answers: ["198.51.100.7"] };
    this.#add({ type: "dns.query", dns, ...this.#of(process) }, label);
  }

  /** @returns the id of the connection */
  connect(
    process: string,
    host: string | undefined,
    label?: Label,
    remote = { ip: "198.51.100.7", port: 443 },
  ): string {
    const id = `f${(this.#flows += 1)}`;
    const local = { ip: "192.0.2.10", port: 40_000 + this.#flows };
    this.#add(
      {
        type: "net.connect",
        flow: { id, protocol: "tcp", local, remote },
        ...(host === undefined ? {} : { host: { name: host, source: "dns" as const } }),
        result: "ok",
        ...this.#of(process),
      },
      label,
    );
    return id;
  }

  request(process: string, method: string, host: string, path: string, label?: Label): void {
    const http = { method, host, path, version: "1.1", tls: "openssl" };
    this.#add({ type: "http.request", http, ...this.#of(process) }, label);
  }

  /** The text of its log; `run`: what is said of the run in place of ours; `verdict`: of every connection. */
  logText({ run, verdict }: LogWords = {}): string {
    return this.events
      .map((event) => {
        if (event.type === "run.start") return { ...event, run: run ?? event.run };
        return event.type === "net.connect" && verdict !== undefined ? { ...event, verdict } : event;
      })
      .map((event) => `${JSON.stringify(event)}\n`)
      .join("");
  }

  #absolute(path: string): string {
    return path.startsWith("/") ? path : `${this.root}/${path}`;
  }

  #of(process: string, tool = this.#toolOf.get(process)): { readonly process: string; readonly tool?: string } {
    return tool === undefined ? { process } : { process, tool };
  }

  #add(body: Body, label?: Label): void {
    this.#t += 10_000;
    const event = { v: 1, seq: this.events.length + 1, t: this.#t, ...body } as RunEvent;
    this.events.push(event);
    if (label !== undefined) this.labelled.push({ event, label });
  }
}
