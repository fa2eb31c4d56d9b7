// What a summary of a run says: the shape of `summary --format json`. Fields may be added; none is renamed.
import type { Verification } from "./logVerifier.ts";

export interface ProgramSummary {
  /** Last part of the executable's path. */
  readonly name: string;
  /** Processes that ran it. */
  readonly started: number;
  /** Of these, how many ended with a code other than 0 or by a signal. */
  readonly failed: number;
}

/** What belongs to one workflow step. */
export interface StepSummary {
  readonly id: string;
  readonly name: string;
  readonly number?: number;
  readonly conclusion?: string;
  /** Absent where its start or its end is not in the log. */
  readonly durationUs?: number;
  /** Processes that ran a program, or acted without one of their own. */
  readonly processes: number;
  /** Of these, how many had left the step's process tree when they began. */
  readonly detached: number;
  readonly connections: number;
  readonly fileOperations: number;
}

/** What one tool call of the agent caused. */
export interface ToolSummary {
  readonly id: string;
  /** Empty where its start is not in the log. */
  readonly name: string;
  /** Its command or file, cut. */
  readonly input: string;
  readonly ok?: boolean;
  /** Absent where its start or its end is not in the log. */
  readonly durationUs?: number;
  readonly processes: number;
  readonly connections: number;
  /** HTTP requests that were read. */
  readonly requests: number;
  /** Where it connected to, most connections first. */
  readonly hosts: readonly string[];
  readonly fileOperations: number;
  /** How many of processes, connections and file operations are a guess between several calls. */
  readonly guessed: number;
}

/** What ran in one container. */
export interface ContainerSummary {
  /** Or `pidns-N`: see `exec.container`. */
  readonly id: string;
  readonly runtime?: string;
  readonly name?: string;
  readonly image?: string;
  readonly processes: number;
  readonly connections: number;
  readonly fileOperations: number;
}

export interface EndpointSummary {
  /** Host name where one was seen, else the address. */
  readonly host: string;
  /** True where `host` is a name. */
  readonly named: boolean;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly connections: number;
  /** Connections that did not come about, by errno name. */
  readonly failures: Readonly<Record<string, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Names of the programs, most connections first. */
  readonly programs: readonly string[];
  /** HTTP requests that were read, of those whose connection is known. */
  readonly requests: number;
  /** Ids of the workflow steps, most connections first. */
  readonly steps: readonly string[];
}

/** What the agent's own firewall has blocked, as its log says. */
export interface BlockedSummary {
  /** A name, an address, or a URL. */
  readonly host: string;
  /** Where it was blocked: `dns`, `http` or `packet`. */
  readonly at: string;
  /** In the firewall's words; empty where it says none. */
  readonly reason: string;
  readonly times: number;
  /** Names of the programs, as far as they are known; the most frequent first. */
  readonly programs: readonly string[];
}

/** What the run's own policy does not allow. */
export interface DeniedSummary {
  /** `host:port`, a name that was asked for, or a request. */
  readonly what: string;
  readonly kind: "connection" | "name" | "request";
  /** False where the policy only judges. */
  readonly blocked: boolean;
  /** seq of its first event. */
  readonly first: number;
  readonly times: number;
  /** Names of the programs, and ids of the steps; the most frequent first. */
  readonly programs: readonly string[];
  readonly steps: readonly string[];
  /** The entry of a policy that allows it; absent where there is none. */
  readonly allow?: string;
}

export interface DirectorySummary {
  readonly path: string;
  /** Directories below it are counted in. */
  readonly below: boolean;
  /** Operations by `op`. */
  readonly operations: Readonly<Record<string, number>>;
  readonly total: number;
}

/** A file that holds keys, tokens or passwords, and was opened to read. */
export interface ReadSummary {
  readonly path: string;
  /** What it is; empty where the log does not say. */
  readonly kind: string;
  readonly count: number;
  /** Names of the programs that read it, the busiest first. */
  readonly programs: readonly string[];
}

export interface FindingSummary {
  readonly seq: number;
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly evidence: readonly number[];
}

export interface CoverageGap {
  readonly hook: string;
  readonly state: string;
  readonly target?: string;
  readonly reason?: string;
}

/** A list that is cut to its most important entries. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** How many are left out, at least: of thousands not each is remembered. */
  readonly omitted: number;
}

export interface RunSummary {
  readonly version: 1;
  readonly file: string;
  readonly run: { readonly id: string; readonly title?: string; readonly [field: string]: unknown } | undefined;
  readonly host:
    { readonly name: string; readonly os: string; readonly kernel: string; readonly arch: string } | undefined;
  readonly policy: { readonly mode: string } | undefined;
  /** Version of the collector that has written the log. */
  readonly collector: string | undefined;
  /** ISO 8601 in UTC; undefined for a log without events. */
  readonly startedAt: string | undefined;
  readonly durationUs: number;
  /** The log ends with its run. */
  readonly complete: boolean;
  /** What is wrong with the end of the log. */
  readonly notice: string | undefined;
  /** Whether the log is as it was written: as `runglass verify` says. */
  readonly verification: Verification;
  readonly events: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly steps: Listed<StepSummary>;
  readonly tools: Listed<ToolSummary>;
  readonly containers: Listed<ContainerSummary>;
  readonly processes: { readonly started: number; readonly failed: number; readonly programs: Listed<ProgramSummary> };
  readonly network: {
    readonly connections: number;
    readonly failed: number;
    readonly bytesSent: number;
    readonly bytesReceived: number;
    /** HTTP requests that were read. */
    readonly requests: number;
    readonly endpoints: Listed<EndpointSummary>;
  };
  readonly denied: Listed<DeniedSummary>;
  readonly firewall: { readonly blocked: number; readonly items: Listed<BlockedSummary> };
  readonly files: { readonly operations: number; readonly directories: readonly DirectorySummary[] };
  readonly reads: Listed<ReadSummary>;
  readonly findings: Listed<FindingSummary>;
  readonly losses: { readonly total: number; readonly bySource: Readonly<Record<string, number>> };
  /** Everything that the collector could not see, by its own word. */
  readonly coverageGaps: Listed<CoverageGap>;
}
