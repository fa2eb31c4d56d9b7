// What the agent's own firewall has blocked, as its log says.
import type { Firewall } from "../protocol/events.ts";
import { addBounded, byCount, type Counter } from "./counting.ts";
import type { BlockedSummary, Listed } from "./runSummary.ts";

const MOST_BLOCKED = 5_000;
const MOST_PROGRAMS = 50;
const PROGRAMS_SHOWN = 8;

interface Blocked {
  readonly host: string;
  readonly at: string;
  readonly reason: string;
  times: number;
  readonly programs: Counter;
}

export class FirewallTally {
  readonly #blocked = new Map<string, Blocked>();
  #unlisted = false;
  /** Times that it has blocked something. */
  blocked = 0;

  /** `program`: whose doing it was, where known. */
  take({ firewall }: Firewall, program: string | undefined): void {
    if (firewall.verdict !== "blocked") return;
    this.blocked += 1;
    const { at, names, address, url, reason = "" } = firewall;
    const host = names[0] ?? address ?? url ?? "";
    const key = `${at} ${host} ${reason}`;
    let entry = this.#blocked.get(key);
    if (entry === undefined) {
      if (this.#blocked.size >= MOST_BLOCKED) {
        this.#unlisted = true;
        return;
      }
      entry = { host, at, reason, times: 0, programs: new Map() };
      this.#blocked.set(key, entry);
    }
    entry.times += 1;
    if (program !== undefined) addBounded(entry.programs, program, MOST_PROGRAMS);
  }

  /** At most `most`, in the order in which they were first said. */
  list(most: number): Listed<BlockedSummary> {
    const items = [...this.#blocked.values()].slice(0, most).map(({ host, at, reason, times, programs }) => ({
      host,
      at,
      reason,
      times,
      programs: byCount(programs)
        .slice(0, PROGRAMS_SHOWN)
        .map(([name]) => name),
    }));
    return { items, omitted: this.#blocked.size - items.length + (this.#unlisted ? 1 : 0) };
  }
}
