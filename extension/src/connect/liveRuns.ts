// Makes live runs: new ones, and again the ones of before a reload of the window.
import { fromBefore, noToken } from "../errors.ts";
import { LiveRun } from "../sessions/liveRun.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { cleanSpools, knownSpoolPath, newSpoolPath } from "../sessions/spoolFolder.ts";
import type { OfferedRun } from "../stream/collectorApi.ts";
import { parseEndpoint, type Endpoint } from "../stream/endpoint.ts";
import type { ReconnectPolicy } from "../stream/reconnectPolicy.ts";
import type { RememberedRun } from "./remembered.ts";

export interface LiveRunsOptions {
  readonly registry: RunRegistry;
  /** Folder of the local copies. */
  readonly folder: string;
  readonly policy: () => ReconnectPolicy;
  readonly maxSpoolBytes: () => number;
  readonly tokenFor: (origin: string) => PromiseLike<string | undefined>;
  readonly onError: (error: unknown) => void;
}

/** A window that was closed longer ago comes back with its runs, but not by itself with their connections. */
const COMES_BACK_MS = 3_600_000;

/** A collector that was started anew may have another run under the same name: another attempt, another job, another try. */
const canBe = ({ summary, failure, state, lastSeq }: LiveRun, offered: OfferedRun): boolean => {
  if (failure?.code === "runChanged" || failure?.code === "runGone") return false;
  if (offered.attempt !== undefined && summary.job !== undefined && (summary.job.attempt ?? 1) !== offered.attempt) {
    return false;
  }
  if (summary.complete && !offered.ended) return false;
  // What is followed has gone on since the collector was asked.
  return state.kind === "live" || offered.lastSeq === undefined || lastSeq <= offered.lastSeq;
};

export class LiveRuns {
  readonly #options: LiveRunsOptions;

  constructor(options: LiveRunsOptions) {
    this.#options = options;
  }

  /** The run of this window that is the one offered, as far as that can be told before it is read. */
  find(endpoint: Endpoint, offered: OfferedRun): LiveRun | undefined {
    return this.#options.registry.runs
      .filter((run) => run instanceof LiveRun)
      .findLast((run) => run.endpoint.base === endpoint.base && run.run === offered.id && canBe(run, offered));
  }

  /** Follows a run from now on; where it is here already, it goes on. Throws a `UserError`. */
  async follow(endpoint: Endpoint, offered: OfferedRun, token: string): Promise<LiveRun> {
    const { registry, folder } = this.#options;
    const known = this.find(endpoint, offered);
    if (known !== undefined) {
      if (known.state.kind !== "live") known.connect(token);
      registry.makeCurrent(known);
      return known;
    }
    const run = await this.#open(endpoint, offered.id, offered.title, token, newSpoolPath(folder));
    registry.add(run);
    run.connect();
    return run;
  }

  /** Shows a removed run again, with all that its copy holds; not connected. */
  async bringBack(removed: LiveRun): Promise<void> {
    const { registry, tokenFor } = this.#options;
    if (registry.get(removed.key) !== undefined) return;
    const token = (await tokenFor(removed.origin)) ?? "";
    const run = await this.#open(removed.endpoint, removed.run, removed.title, token, removed.path);
    registry.add(run);
    if (run.state.kind !== "ended") run.disconnect();
  }

  /** Brings back what was remembered, and cleans up the copies that are of no more use. */
  async restore(remembered: readonly RememberedRun[]): Promise<void> {
    const { folder, maxSpoolBytes } = this.#options;
    await cleanSpools(folder, new Set(remembered.map((run) => run.spool)), maxSpoolBytes(), Date.now());
    for (const entry of remembered) {
      await this.#restoreOne(entry).catch((error: unknown) => this.#options.onError(error));
    }
  }

  async #restoreOne(entry: RememberedRun): Promise<void> {
    const { registry, folder, tokenFor } = this.#options;
    const parsed = parseEndpoint(entry.base);
    const path = knownSpoolPath(folder, entry.spool);
    if (!parsed.ok || path === undefined) return;
    const token = await tokenFor(parsed.endpoint.origin);
    const run = await this.#open(parsed.endpoint, entry.run, entry.title, token ?? "", path);
    const wanted = entry.connected && Date.now() - entry.at < COMES_BACK_MS;
    // Nothing came of it, and it does not come back: not worth a row.
    if (run.summary.events === 0 && !wanted) {
      await run.dispose(false);
      return;
    }
    registry.add(run);
    if (run.state.kind === "ended") return;
    if (!wanted) run.failWith(fromBefore(run.origin));
    else if (token === undefined) run.failWith(noToken(run.origin));
    else run.connect();
  }

  #open(endpoint: Endpoint, run: string, title: string, token: string, spoolPath: string): Promise<LiveRun> {
    const { policy, maxSpoolBytes } = this.#options;
    return LiveRun.open({ endpoint, run, title, token, spoolPath, maxSpoolBytes, policy });
  }
}
