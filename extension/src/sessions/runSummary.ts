// What the host itself knows of a run: enough for the tree and the status bar. All else is the page's business.
import { decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { JobFacts } from "../../../collector/protocol/events.ts";

export interface RunSummary {
  /** Runner's text, from `run.start`; undefined until it is read. */
  readonly title: string | undefined;
  readonly runId: string | undefined;
  /** The job on GitHub that it is of, as it says itself. */
  readonly job: JobFacts | undefined;
  /** Whether an egress policy is enforced, as last told; undefined where it was not. */
  readonly armed: boolean | undefined;
  /** What its policy is for: `none`, `audit` or `block`; undefined until `run.start` is read. */
  readonly policyMode: string | undefined;
  readonly host: string | undefined;
  /** `HOST:PORT` on that host where its collector serves the run; undefined where it is not told. The runner's text. */
  readonly listen: string | undefined;
  readonly events: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Changes to files; one event can stand for many. */
  readonly fileChanges: number;
  /** Events that the collector says were lost. */
  readonly lost: number;
  /** Microseconds since the epoch; 0 while there is no event. */
  readonly firstT: number;
  readonly lastT: number;
  /** `run.end` was read. */
  readonly complete: boolean;
}

/** A log made to hurt has a million types; they are counted together beyond this many. */
const MAX_TYPES = 200;
const OTHER = "other";

/** Types whose content matters to the summary; every other event is only counted. */
const read = new Set(["run.start", "loss", "enforcement", "run.end"]);

/** How many changes a line of `file.write` stands for: our collector writes that last. */
const changesIn = (line: string): number => Number(/,"count":(\d{1,15})\}$/.exec(line)?.[1] ?? 1);

export class SummaryBuilder implements RunSummary {
  title: string | undefined;
  runId: string | undefined;
  job: JobFacts | undefined;
  armed: boolean | undefined;
  policyMode: string | undefined;
  host: string | undefined;
  listen: string | undefined;
  events = 0;
  counts = new Map<string, number>();
  fileChanges = 0;
  lost = 0;
  firstT = 0;
  lastT = 0;
  complete = false;

  /** Takes one checked event; `line` is asked for only where it is needed. */
  take(type: string, t: number, line: () => string): void {
    this.events += 1;
    if (this.firstT === 0 || t < this.firstT) this.firstT = t;
    if (t > this.lastT) this.lastT = t;
    const key = this.counts.has(type) || this.counts.size < MAX_TYPES ? type : OTHER;
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    if (type === "file.write") this.fileChanges += changesIn(line());
    else if (read.has(type)) this.#read(line());
  }

  #read(line: string): void {
    const decoded = decodeLine(line);
    if (!decoded.ok || !isKnownEvent(decoded.event)) return;
    const { event } = decoded;
    if (event.type === "run.start") {
      const { run } = event;
      this.runId = run.id;
      this.job = run;
      this.host = event.host.name;
      this.policyMode = event.policy.mode;
      this.listen = event.collector.listen;
      const parts = [run.repository, run.workflow, run.job].filter((part) => part !== undefined && part !== "");
      this.title = run.title ?? (parts.length > 0 ? parts.join(" · ") : run.id);
    } else if (event.type === "loss") this.lost += event.lost;
    else if (event.type === "enforcement") this.armed = event.armed;
    else if (event.type === "run.end") {
      this.complete = true;
      this.lost = Math.max(this.lost, event.lost);
    }
  }
}

const sum = (summary: RunSummary, ...types: readonly string[]): number =>
  types.reduce((total, type) => total + (summary.counts.get(type) ?? 0), 0);

export const processCount = (summary: RunSummary): number => sum(summary, "process.exec");
export const connectionCount = (summary: RunSummary): number => sum(summary, "net.connect");
export const findingCount = (summary: RunSummary): number => sum(summary, "finding");
export const fileChangeCount = (summary: RunSummary): number => summary.fileChanges;
