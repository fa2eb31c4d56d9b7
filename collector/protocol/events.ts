// The run log's events, version 1: what one line of a log, and one message of the event stream, holds.
// This is the public contract. Fields may be added; none is renamed or given another meaning.

import type { ProcessExec, ProcessExit } from "./processEvents.ts";

export type { ContainerInfo, ExecInfo, ProcessExec, ProcessExit } from "./processEvents.ts";

/** The version that this code writes and fully understands. */
export const PROTOCOL_VERSION = 1;

/** What every event carries. */
export interface EventBase {
  readonly v: 1;
  /** 1, 2, 3 … without gaps within a run. */
  readonly seq: number;
  /** Microseconds since the Unix epoch on the runner's clock: the time of the kernel event. */
  readonly t: number;
  /** Id of the process that the event belongs to; unique in a run even when the kernel reuses the pid. */
  readonly process?: string;
  /**
   * Id of the workflow step that the process belongs to, where known: the one in which the runner started it, or who
   * forked it, or who forked that. It is told by the kernel's own record of forks, so it stays with a process wherever
   * that goes. Of work that a process asks another one to do (a service, a container's daemon) see `stepGuess`.
   */
  readonly step?: string;
  /**
   * The process has left the step's tree: one of its ancestors, up to and with the process that the runner had started
   * for the step, ended before it. So it outlives the step, or was made a daemon in it, and from then on nothing but the
   * record of forks ties it to the step. It stays so, also where another process of the step adopts it, and what it
   * starts is detached too. A new session or process group alone (`setsid`, `nohup`) changes nothing.
   */
  readonly detached?: boolean;
  /**
   * Nobody of the step has forked it: a daemon has started it, and what it started is what a client of this step, and of
   * no other, has asked for by its command line (`docker run`, `exec`, `start`, `compose`, `build`, `systemd-run`).
   */
  readonly stepGuess?: boolean;
  /** Id of the agent's tool call, where known: the process works for it, or the event is the agent's own part of it. */
  readonly tool?: string;
  /** Several calls were open; `tool` is the likeliest by its command. */
  readonly toolGuess?: boolean;
}

/** Of a GitHub Actions job, as far as its variables say. */
export interface JobFacts {
  readonly id?: string;
  readonly attempt?: number;
  readonly repository?: string;
  readonly workflow?: string;
  readonly job?: string;
  readonly actor?: string;
  readonly event?: string;
  readonly ref?: string;
  readonly sha?: string;
  readonly url?: string;
}

export interface RunStart extends EventBase {
  readonly type: "run.start";
  readonly run: JobFacts & {
    readonly id: string;
    /** What was watched: the masked command line of `record`, or the cgroup or machine of `collect`. */
    readonly title?: string;
  };
  readonly host: { readonly name: string; readonly os: string; readonly kernel: string; readonly arch: string };
  /** `listen`: `HOST:PORT`, as the runner sees it, where the run is served meanwhile and the port was chosen. */
  readonly collector: { readonly version: string; readonly listen?: string };
  readonly policy: {
    readonly mode: "none" | "audit" | "block";
    readonly dialect?: string;
    readonly endpoints: readonly string[];
    readonly source?: string;
  };
}

export type CoverageState = "on" | "off" | "unsupported";

/** What the collector can and cannot see, said when it becomes known. */
export interface Coverage extends EventBase {
  readonly type: "coverage";
  readonly hook: string;
  readonly state: CoverageState;
  /** A library or binary path, where the hook is for one. */
  readonly target?: string;
  readonly reason?: string;
}

export interface StepInfo {
  /**
   * Unique in the run. The value of GITHUB_ACTION, which is the step's `id:` in the workflow, or what the runner made up
   * for it (`__run`, `__run_2`, `actionscheckout`); with `#2`, `#3` … behind it where an earlier step of the run has the
   * same: pre, main and post of one action are three steps, as for the runner, and the steps inside a composite action are
   * a part of the step that uses it. In a run of `record` that is in no job, `command`.
   */
  readonly id: string;
  /** Its place in the job as the runner counts, from 1 for "Set up job"; where the worker's log says it. */
  readonly number?: number;
  /**
   * Its display name, as the worker's log has it; else the value of GITHUB_ACTION, or the title of the run for `command`.
   * That log belongs to the user who runs the steps: it is a text to show, and `step` does not depend on it.
   */
  readonly name?: string;
}
/** Comes before all events of the step. For one that was running when the collector started `t` is the time of that. */
export interface StepStart extends EventBase {
  readonly type: "step.start";
  readonly stepInfo: StepInfo;
  /** The job that the step is in, where neither `run.start` nor a step before has said that: in a long `collect`. */
  readonly run?: JobFacts;
}
/**
 * `t` is when the last process that the runner had started for the step ended; it is told a bit later, and what the step
 * has left behind can have events after it. `stepInfo` can say name and number better than the start could.
 */
export interface StepEnd extends EventBase {
  readonly type: "step.end";
  readonly stepInfo: StepInfo;
  /** `success`, `failure`, `cancelled` or `skipped`, as the worker's log says; for `command` by its exit code. */
  readonly conclusion?: string;
}

export interface ToolInfo {
  /** Unique in the run. */
  readonly id: string;
  readonly name: string;
  /** A summary of its arguments, masked and cut, without the contents of files. */
  readonly input?: unknown;
  readonly turn?: number;
  readonly sessionId?: string;
}
/** Said by the agent's hooks: when it was about to be done. One whose start nobody told begins at its end. */
export interface ToolStart extends EventBase {
  readonly type: "tool.start";
  readonly toolInfo: ToolInfo;
  /** That the agent's hook has told it is a guess: who told it is also like the command of a call that was open. */
  readonly senderGuess?: boolean;
}
export interface ToolEnd extends EventBase {
  readonly type: "tool.end";
  readonly toolInfo: ToolInfo;
  /** As the tool says (a command that was run is ok, whatever its exit code); absent where nobody told of its end. */
  readonly ok?: boolean;
  /** As in `tool.start`. */
  readonly senderGuess?: boolean;
}

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}
export type Verdict = "allowed" | "would-block" | "blocked";
/**
 * Why the kernel has refused a connection or a question in `block` mode: `address`: no rule allows it; `packet`: a packet
 * that does not say all of where it goes; `locked`: nothing is allowed any more, as nobody looked after the enforcement;
 * `question`: a question to DNS about a name that no rule is about, or none that can be read; `resolver`: DNS for somebody
 * who is no resolver of the policy; `name`: what the client sent first asks for no server that a rule allows there, at an
 * address that is open only for the sake of a name.
 */
export type BlockReason = "address" | "packet" | "locked" | "question" | "resolver" | "name";
export type HostSource = "dns" | "sni" | "http" | "proxy";
export interface NetConnect extends EventBase {
  readonly type: "net.connect";
  readonly flow: {
    readonly id: string;
    readonly protocol: "tcp" | "udp";
    readonly local: Endpoint;
    readonly remote: Endpoint;
  };
  readonly host?: { readonly name: string; readonly source: HostSource };
  /**
   * What the egress policy says, where there is one: `would-block` where it only audits, `blocked` where the kernel has
   * refused it (then `result` is EPERM, which the caller was told at once, or ECONNABORTED where it was connected and then
   * asked for another server).
   */
  readonly verdict?: Verdict;
  /** The entry that allows it, as it is written; `default:SET ENTRY` for one that nobody wrote. */
  readonly rule?: string;
  /** Of one that was blocked: why, and the entry that would have allowed it, where there can be one. */
  readonly reason?: BlockReason;
  readonly allowedBy?: string;
  /** Of one that was blocked: how many tries of one socket this event stands for; absent means 1. */
  readonly count?: number;
  /** `ok`, or an errno name; `EINPROGRESS` when the answer was still open as this was written: see the `net.close`. */
  readonly result: string;
}
export interface NetClose extends EventBase {
  readonly type: "net.close";
  readonly flow: { readonly id: string };
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly durationUs: number;
  /** How the connect ended, where `net.connect` could only say `EINPROGRESS`. */
  readonly result?: string;
  /** Where the client said only later, or otherwise than `net.connect`, whom it speaks to: see there. */
  readonly host?: { readonly name: string; readonly source: HostSource };
  /** Beside `host`: what the policy says with that name; or that it has refused what the client sent. */
  readonly verdict?: Verdict;
  readonly rule?: string;
  readonly reason?: BlockReason;
  readonly allowedBy?: string;
}

export interface DnsQuery extends EventBase {
  readonly type: "dns.query";
  readonly dns: {
    readonly name: string;
    readonly qtype: string;
    readonly transport: "udp" | "tcp";
    readonly server: Endpoint;
    /** Absent where no answer was seen. */
    readonly rcode?: string;
    readonly answers: readonly string[];
  };
  /** `allowed` where a connection to that name would be, whatever its port; `blocked`: it was refused, and never sent. */
  readonly verdict?: Verdict;
  readonly rule?: string;
  /** As in `net.connect`. */
  readonly reason?: BlockReason;
  readonly allowedBy?: string;
}

export interface HttpRequest extends EventBase {
  readonly type: "http.request";
  readonly http: {
    readonly method: string;
    /** As in `Host` or in a target that is a whole URL, in lower case, with its port where it names one. */
    readonly host?: string;
    /** Masked; a query stands as `?***`. Empty for CONNECT, whose target is the host. */
    readonly path: string;
    /** `1.0`, `1.1` or `2`. */
    readonly version: string;
    /** The library that encrypted it, or `none`. */
    readonly tls: string;
  };
  readonly flow?: { readonly id: string };
  /** `would-block` also where the connection is allowed, and no entry expects such a request on it. */
  readonly verdict?: Verdict;
  readonly rule?: string;
}
export interface HttpResponse extends EventBase {
  readonly type: "http.response";
  // The final response: one of the 1xx only where it ends HTTP (101).
  /** `seq` of the request. */
  readonly request: number;
  readonly status: number;
}

export type FileOp = "create" | "write" | "truncate" | "rename" | "unlink" | "chmod" | "link";
/**
 * Of one file, or where one process has changed very many below one directory, of many: then `file.path` is that directory
 * and `file.files` says which. `changesOf` (foldedFiles.ts) gives the files of either.
 */
export interface FileWrite extends EventBase {
  readonly type: "file.write";
  readonly file: {
    readonly op: FileOp;
    /** Absolute path; the new one for `rename` and `link`. */
    readonly path: string;
    /**
     * Names of files by the directory that they are in, relative to `path`: each is at `path` + "/" + key + name. The
     * keys end with a slash, but for the empty one.
     */
    readonly files?: Readonly<Record<string, readonly string[]>>;
    /** With `files`, in their order: how many equal operations each stands for (absent: 1 each), */
    readonly counts?: readonly number[];
    /** and for `rename` the old paths, relative to `path`. */
    readonly froms?: readonly string[];
    /** The old path of `rename`, the target of `link`. */
    readonly from?: string;
    /** A path is not whole (cut off, mounted nowhere, not readable), or typed by ways that may lead elsewhere (`link/..`). */
    readonly partial?: boolean;
  };
  /** Time of the last, where there are `files`; `t` is that of the first. */
  readonly until?: number;
  /** How many operations this event stands for: equal ones that were counted, and all of `files`; absent means 1. */
  readonly count?: number;
}
/** A file that holds keys, tokens or passwords was opened to read, or another process's memory or environment in /proc. */
export interface FileRead extends EventBase {
  readonly type: "file.read";
  readonly file: {
    /** Of the file that was opened, whatever links led to it. */
    readonly path: string;
    /** What it is: `ssh key`, `token`, `process memory`, … */
    readonly kind?: string;
    /** Id of the process that a file in /proc is of, where that one is part of the run. */
    readonly owner?: string;
    /** As for `file.write`. */
    readonly partial?: boolean;
  };
  /** How many opens this event stands for; absent means 1. */
  readonly count?: number;
}

/**
 * What the agent's own firewall says in its log (`fw.jsonl`) of a connection, a query or a request, joined with our own
 * event of it where that was seen. That log can be written by whom it is about: it is a help to see, no proof.
 */
export interface Firewall extends EventBase {
  readonly type: "firewall";
  readonly firewall: {
    /** `redirected`: the connection goes to the firewall's own server instead; `address` and `server` are of one flow. */
    readonly verdict: "allowed" | "blocked" | "redirected";
    readonly at: "dns" | "http" | "packet";
    /** Of the hosts that it is about, as far as the firewall knows them. */
    readonly names: readonly string[];
    /** Where the program wanted to go. */
    readonly address?: string;
    readonly port?: number;
    /** Where a redirected connection goes instead. */
    readonly server?: { readonly ip: string; readonly port?: number };
    /** Masked; a query stands as `?***`. */
    readonly url?: string;
    /** The firewall's word for why, and its rule. */
    readonly reason?: string;
    readonly rule?: string;
    /** Whose doing the firewall says it was, where no event of ours fits. */
    readonly pid?: number;
    readonly command?: string;
  };
  readonly flow?: { readonly id: string };
  /** `seq` of the `net.connect`, `dns.query` or `http.request`. */
  readonly about?: number;
}
export interface Finding extends EventBase {
  readonly type: "finding";
  readonly finding: {
    readonly rule: string;
    readonly severity: string;
    readonly title: string;
    /** `seq` numbers. */
    readonly evidence: readonly number[];
  };
}
/**
 * Whether the egress policy is enforced in the kernel: said before the command starts, at every change, and every few
 * seconds after it was looked at again. Absent where nobody asked for `block`.
 */
export interface Enforcement extends EventBase {
  readonly type: "enforcement";
  readonly armed: boolean;
  readonly reason: string;
}
/** Events known to be lost since the last such event of this source. */
export interface Loss extends EventBase {
  readonly type: "loss";
  /** `core`, `file`: the kernel's rings; `output`: the sensor's queue; `disk`: the log; `sensor`: it ended early. */
  readonly source: string;
  readonly lost: number;
  /** Nobody can say how many more were lost. */
  readonly atLeast?: boolean;
}
/** Proves that lines of the log are as they were written; README.md says how to check it. */
export interface Seal extends EventBase {
  readonly type: "seal";
  /** The line behind the last one that the seal before covers; 1 in the first. */
  readonly first: number;
  /** This seal's own line, or that of the `run.end` right behind it. */
  readonly last: number;
  /** Hash of the bytes of the lines `first` to `last`, where this field is left out of the seal's own line; lower-case hex. */
  readonly sha256: string;
  /** `sha256` of the seal before; 64 zeros in the first. */
  readonly previous: string;
}
export interface RunEnd extends EventBase {
  readonly type: "run.end";
  readonly counts: Readonly<Record<string, number>>;
  readonly lost: number;
}

export type RunEvent =
  | RunStart
  | Coverage
  | StepStart
  | StepEnd
  | ToolStart
  | ToolEnd
  | ProcessExec
  | ProcessExit
  | NetConnect
  | NetClose
  | DnsQuery
  | HttpRequest
  | HttpResponse
  | FileWrite
  | FileRead
  | Firewall
  | Finding
  | Enforcement
  | Loss
  | Seal
  | RunEnd;

export type EventType = RunEvent["type"];

/** An event of a type that this version does not know: kept and shown as it is, never a crash. */
export interface UnknownEvent extends EventBase {
  readonly type: string;
  readonly unknown: true;
}
