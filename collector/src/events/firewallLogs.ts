// The logs of the agent's firewall that a run may have: where they are is known from the environment, or from the runner's.
import { join } from "node:path";
import type { EventLog } from "./eventLog.ts";
import { FIREWALL_LOG, FirewallLog } from "./firewallLog.ts";
import { FirewallVerdicts } from "./firewallVerdicts.ts";
import { coverageFields } from "./lines.ts";
import { RecentCalls } from "./recentCalls.ts";
import { redactText } from "./redactText.ts";

const LIMITS = {
  logs: 4,
  /** At the end of the run: half a megabyte of each. */
  lastReads: 4,
} as const;

export class FirewallLogs {
  readonly calls = new RecentCalls();
  readonly #log: EventLog;
  readonly #clock: () => number;
  readonly #now: () => number;
  readonly #verdicts: FirewallVerdicts;
  readonly #logs = new Map<string, FirewallLog>();

  /** `clock` gives milliseconds and never goes back; `now` the run's time, in µs since the epoch. */
  constructor(log: EventLog, clock: () => number, now: () => number) {
    this.#log = log;
    this.#clock = clock;
    this.#now = now;
    this.#verdicts = new FirewallVerdicts(log, this.calls, clock);
  }

  /** Follows the log at `path`, which may be there later, and may be root's or user `owner`'s; anybody's without. */
  follow(path: string, owner?: number): void {
    if (this.#logs.has(path) || this.#logs.size >= LIMITS.logs) return;
    this.calls.switchOn();
    const followed = new FirewallLog({
      path,
      owner,
      clock: this.#clock,
      onEntry: (entry) => this.#verdicts.take(entry, this.#now()),
      tell: (state, reason) =>
        void this.#log.write(
          "coverage",
          this.#now(),
          coverageFields("firewall-log", state, redactText(reason), redactText(path)),
        ),
    });
    this.#logs.set(path, followed);
  }

  /** As `follow`, below a runner's temporary directory. */
  below(temp: string, owner: number): void {
    if (temp.startsWith("/")) this.follow(join(temp, FIREWALL_LOG), owner);
  }

  /** Reads on, and writes what is known by now; `all`: everything, as nothing more will come. */
  tick(all = false): void {
    for (const log of this.#logs.values()) {
      for (let reads = all ? LIMITS.lastReads : 1; reads > 0 && log.poll(all); reads--);
      if (all) log.close();
    }
    if (this.#logs.size > 0) this.#verdicts.tick(all);
  }
}
