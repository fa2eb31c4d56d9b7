// Adds up a run, one event at a time, in memory that does not grow with the log.
import { isKnownEvent } from "../protocol/decode.ts";
import type { Coverage, RunEvent, RunStart, UnknownEvent } from "../protocol/events.ts";
import type { Verification } from "./logVerifier.ts";
import { add, addBounded, toRecord, type Counter } from "./counting.ts";
import { ContainerTally } from "./containers.ts";
import { DeniedTally } from "./denied.ts";
import { DirectoryTally } from "./directories.ts";
import { EndpointTally } from "./endpoints.ts";
import { FirewallTally } from "./firewall.ts";
import { ProgramTally } from "./programs.ts";
import { ReadTally } from "./reads.ts";
import { StepTally } from "./steps.ts";
import { ToolTally } from "./tools.ts";
import type { CoverageGap, FindingSummary, RunSummary } from "./runSummary.ts";

const MOST_NAMES = 1_000;
const MOST_FINDINGS = 5_000;

/** How many entries each list of a summary has. */
export interface ListLimits {
  readonly steps: number;
  readonly tools: number;
  readonly containers: number;
  readonly programs: number;
  readonly endpoints: number;
  readonly blocked: number;
  readonly denied: number;
  readonly directories: number;
  readonly reads: number;
  readonly findings: number;
}

export class RunTally {
  readonly #counts: Counter = new Map();
  readonly #steps = new StepTally();
  readonly #tools = new ToolTally();
  readonly #containers = new ContainerTally();
  readonly #programs = new ProgramTally();
  readonly #endpoints = new EndpointTally();
  readonly #denied = new DeniedTally();
  readonly #directories = new DirectoryTally();
  readonly #firewall = new FirewallTally();
  readonly #reads = new ReadTally();
  readonly #findings: FindingSummary[] = [];
  readonly #losses: Counter = new Map();
  /** By hook and target: what was said last holds. */
  readonly #coverage = new Map<string, Coverage>();
  #coverageOmitted = 0;
  #findingsSeen = 0;
  #start: RunStart | undefined;
  #first: number | undefined;
  #last = 0;
  #lost = 0;
  #events = 0;
  #complete = false;

  take(event: RunEvent | UnknownEvent): void {
    this.#events += 1;
    this.#first = Math.min(this.#first ?? event.t, event.t);
    this.#last = Math.max(this.#last, event.t);
    addBounded(this.#counts, event.type, MOST_NAMES);
    if (isKnownEvent(event)) this.#takeKnown(event);
  }

  #takeKnown(event: RunEvent): void {
    const isNew = event.type === "process.exec" && this.#programs.exec(event);
    this.#steps.take(event, isNew);
    this.#tools.take(event, isNew);
    this.#containers.take(event);
    switch (event.type) {
      case "process.exit":
        return this.#programs.exit(event);
      case "net.connect":
        this.#denied.connect(event, this.#programs.nameOf(event.process));
        return this.#endpoints.connect(event, this.#programs.nameOf(event.process));
      case "dns.query":
        return this.#denied.query(event, this.#programs.nameOf(event.process));
      case "net.close":
        this.#denied.close(event);
        return this.#endpoints.close(event);
      case "http.request":
        this.#denied.request(event, this.#programs.nameOf(event.process));
        return this.#endpoints.request(event);
      case "firewall":
        this.#endpoints.judged(event);
        return this.#firewall.take(event, this.#programs.nameOf(event.process));
      case "file.write":
        return this.#directories.take(event);
      case "file.read":
        return this.#reads.take(event, this.#programs.nameOf(event.process));
      case "step.start":
        // A collector that was there before the job learns of it from the job's first step.
        if (event.run !== undefined && this.#start?.run.repository === undefined && this.#start !== undefined)
          this.#start = { ...this.#start, run: { ...event.run, ...this.#start.run } };
        return this.#steps.start(event);
      case "step.end":
        return this.#steps.end(event);
      case "tool.start":
        return this.#tools.start(event);
      case "tool.end":
        return this.#tools.end(event);
      case "finding":
        this.#findingsSeen += 1;
        if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ seq: event.seq, ...event.finding });
        return;
      case "loss":
        this.#lost += event.lost;
        if (!addBounded(this.#losses, event.source, MOST_NAMES, event.lost)) add(this.#losses, "other", event.lost);
        return;
      case "coverage":
        return this.#takeCoverage(event);
      case "run.start":
        this.#start ??= event;
        return;
      case "run.end":
        this.#complete = true;
        return;
      default:
    }
  }

  #takeCoverage(event: Coverage): void {
    const key = `${event.hook}\n${event.target ?? ""}`;
    if (this.#coverage.size < MOST_NAMES || this.#coverage.has(key)) this.#coverage.set(key, event);
    else if (event.state !== "on") this.#coverageOmitted += 1;
  }

  /** What was added up. `file` is the log's name, `notice` what is wrong with its end. */
  summary(file: string, notice: string | undefined, verification: Verification, most: ListLimits): RunSummary {
    const start = this.#start;
    const first = this.#first ?? 0;
    const gaps = [...this.#coverage.values()].filter(({ state }) => state !== "on").map(gapOf);
    const findings = this.#findings.slice(0, most.findings);
    return {
      version: 1,
      file,
      run: start === undefined ? undefined : { ...start.run },
      host: start?.host,
      policy: start?.policy,
      collector: start?.collector.version,
      startedAt: isoTime(this.#first),
      durationUs: this.#events === 0 ? 0 : this.#last - first,
      complete: this.#complete,
      notice,
      verification,
      events: this.#events,
      counts: toRecord(this.#counts),
      steps: this.#steps.list(most.steps),
      tools: this.#tools.list(most.tools),
      containers: this.#containers.list(most.containers),
      processes: {
        started: this.#programs.started,
        failed: this.#programs.failed,
        programs: this.#programs.list(most.programs),
      },
      network: {
        connections: this.#endpoints.connections,
        failed: this.#endpoints.failed,
        bytesSent: this.#endpoints.bytesSent,
        bytesReceived: this.#endpoints.bytesReceived,
        requests: this.#endpoints.requests,
        endpoints: this.#endpoints.list(most.endpoints),
      },
      denied: this.#denied.list(most.denied),
      firewall: { blocked: this.#firewall.blocked, items: this.#firewall.list(most.blocked) },
      files: { operations: this.#directories.operations, directories: this.#directories.list(most.directories) },
      reads: this.#reads.list(most.reads),
      findings: { items: findings, omitted: this.#findingsSeen - findings.length },
      losses: { total: this.#lost, bySource: toRecord(this.#losses) },
      coverageGaps: { items: gaps, omitted: this.#coverageOmitted },
    };
  }
}

const gapOf = ({ hook, state, target, reason }: Coverage): CoverageGap => ({
  hook,
  state,
  ...(target === undefined ? {} : { target }),
  ...(reason === undefined ? {} : { reason }),
});

/** ISO 8601 of a time in microseconds; undefined for one that no calendar has. */
export const isoTime = (t: number | undefined): string | undefined => {
  if (t === undefined) return undefined;
  const date = new Date(t / 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};
