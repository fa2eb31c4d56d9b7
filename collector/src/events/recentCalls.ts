// The connections, queries and requests of the last moments, to find the one that somebody else's log tells of.
import { BoundedMap } from "./boundedMap.ts";
import type { Process } from "./process.ts";

const LIMITS = { pids: 4_096, perPid: 64, latest: 64, windowUs: 10_000_000 } as const;

export interface Call {
  readonly kind: "connect" | "query" | "request";
  readonly process: Process;
  /** Whose doing it was then. */
  readonly toolJson: string;
  /** µs since the epoch. */
  readonly t: number;
  /** Of its event, as long as the log has refused nothing since `refusals`. */
  readonly seq: number;
  readonly refusals: number;
  readonly flow?: string | undefined;
  /** Lower case; empty where none is known. */
  readonly name: string;
  readonly ip?: string;
  readonly port?: number;
  /** Of a request. */
  readonly path?: string;
}

/** Remembers nothing until it is switched on: most runs have no such log. */
export class RecentCalls {
  readonly #byPid = new BoundedMap<number, Call[]>(LIMITS.pids);
  readonly #latest: Call[] = [];
  #on = false;
  #added = 0;

  switchOn(): void {
    this.#on = true;
  }

  /** Number of calls that were ever added. */
  get added(): number {
    return this.#added;
  }

  /** `make` is only asked where it is switched on. */
  add(make: () => Call): void {
    if (!this.#on) return;
    const call = make();
    this.#added += 1;
    const own = this.#byPid.get(call.process.pid) ?? [];
    own.push(call);
    if (own.length > LIMITS.perPid) own.shift();
    this.#byPid.set(call.process.pid, own);
    this.#latest.push(call);
    if (this.#latest.length > LIMITS.latest) this.#latest.shift();
  }

  /**
   * The call that `fits`, nearest to one of `times` (µs). Of process `pid`; where that is not known, of the only process
   * that has such a call.
   */
  find(pid: number | undefined, times: readonly number[], fits: (call: Call) => boolean): Call | undefined {
    const among = pid === undefined ? this.#latest : (this.#byPid.get(pid) ?? []);
    let [best, distance]: [Call | undefined, number] = [undefined, LIMITS.windowUs];
    for (const call of among) {
      if (!fits(call)) continue;
      if (pid === undefined && best !== undefined && best.process !== call.process) return undefined;
      const away = Math.min(...times.map((t) => Math.abs(t - call.t)));
      // The later of equals.
      if (away <= distance) [best, distance] = [call, away];
    }
    return best;
  }
}
