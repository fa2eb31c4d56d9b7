// What the agent's own firewall says of connections, joined with what we have seen of them. Its log can be forged: what is
// taken from it stands in `firewall` events of its own, and changes nothing that the kernel has told.
import type { FirewallEntry } from "../../protocol/firewallLog.ts";
import { TokenBucket } from "../hook/tokenBucket.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import { coverageFields, firewallFields } from "./lines.ts";
import type { Call, RecentCalls } from "./recentCalls.ts";
import { redactText } from "./redactText.ts";

const LIMITS = {
  /** Entries that wait for our own event, and how long, in ms: a query without an answer is written after 5 s. */
  waiting: 1_024,
  waitMs: 6_000,
  /** Events a second, and how many at once. */
  rate: 50,
  burst: 1_000,
  /** Repeats that are known. */
  said: 8_192,
  /** How far the time of an entry may be from ours to be believed, in µs. */
  skewUs: 60_000_000,
} as const;

interface Waiting {
  readonly entry: FirewallEntry;
  /** When it was read: µs since the epoch, and by the clock, in ms. */
  readonly t: number;
  readonly at: number;
}

/** Host and path of a URL; empty where it is none. */
const partsOf = (url: string): { readonly host: string; readonly path: string } => {
  if (!URL.canParse(url)) return { host: "", path: "" };
  const { hostname, pathname } = new URL(url);
  return { host: hostname.toLowerCase(), path: pathname };
};

const namesOf = (entry: FirewallEntry): ReadonlySet<string> => {
  const { host } = partsOf(entry.url);
  return new Set(host === "" ? entry.names : [...entry.names, host]);
};

/** Whether a connection can be the one that a redirect or a packet was of. */
const fitsAddress = ({ verdict, ip, originalIp, port }: FirewallEntry, call: Call): boolean => {
  if (call.kind !== "connect") return false;
  if (originalIp !== "" && call.ip === originalIp) return true;
  if (ip === "" || call.ip !== ip) return false;
  return port === undefined || call.port === port || verdict !== "redirected";
};

export class FirewallVerdicts {
  readonly #log: EventLog;
  readonly #calls: RecentCalls;
  readonly #clock: () => number;
  readonly #bucket = new TokenBucket(LIMITS.rate, LIMITS.burst);
  readonly #said = new BoundedMap<string, true>(LIMITS.said);
  #waiting: Waiting[] = [];
  #seen = 0;
  #leftOut = 0;

  /** `clock` gives milliseconds and never goes back. */
  constructor(log: EventLog, calls: RecentCalls, clock: () => number) {
    this.#log = log;
    this.#calls = calls;
    this.#clock = clock;
  }

  /** `t`: now, in µs since the epoch. */
  take(entry: FirewallEntry, t: number): void {
    const waiting: Waiting = { entry, t, at: this.#clock() };
    const call = this.#find(waiting);
    if (call !== undefined) return this.#write(waiting, call);
    this.#waiting.push(waiting);
    if (this.#waiting.length <= LIMITS.waiting) return;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) this.#write(oldest, undefined);
  }

  /** Joins what can be joined by now, and writes what has waited long enough, or all. */
  tick(all = false): void {
    const until = all ? Infinity : this.#clock() - LIMITS.waitMs;
    const isNew = this.#calls.added !== this.#seen;
    this.#seen = this.#calls.added;
    if (this.#waiting.length === 0 || (!isNew && (this.#waiting[0]?.at ?? until) > until)) return;
    this.#waiting = this.#waiting.filter((waiting) => {
      const call = this.#find(waiting);
      if (call === undefined && waiting.at > until) return true;
      this.#write(waiting, call);
      return false;
    });
  }

  #find({ entry, t }: Waiting): Call | undefined {
    const times = entry.time === undefined ? [t] : [entry.time, t];
    const find = (fits: (call: Call) => boolean): Call | undefined => this.#calls.find(entry.pid, times, fits);
    if (entry.verdict === "redirected" || entry.at === "packet") {
      // Each connection is redirected once.
      return find((call) => fitsAddress(entry, call) && !this.#said.get(`${call.seq} ${entry.verdict}`));
    }
    const names = namesOf(entry);
    if (entry.at === "dns") return find((call) => call.kind === "query" && names.has(call.name));
    const { path } = partsOf(entry.url);
    const asks = (call: Call): boolean => path === "" || call.path?.replace(/\?.*$/s, "") === path;
    return (
      find((call) => call.kind === "request" && names.has(call.name) && asks(call)) ??
      find((call) => call.kind === "connect" && names.has(call.name))
    );
  }

  #write({ entry, t }: Waiting, call: Call | undefined): void {
    // What it has let through says nothing by itself.
    if (call === undefined && entry.verdict !== "blocked") return;
    const { names, ip, port, url, pid, at } = entry;
    const key = `${call?.seq ?? JSON.stringify([names, ip, port, url, pid, at])} ${entry.verdict}`;
    if (this.#said.get(key)) return;
    if (!this.#bucket.take(this.#clock())) return this.#tooMany(t);
    this.#said.set(key, true);
    const time = entry.time !== undefined && Math.abs(entry.time - t) <= LIMITS.skewUs ? entry.time : t;
    const known = call !== undefined && call.refusals === this.#log.refusals ? call : undefined;
    this.#log.write("firewall", time, firewallFields(masked(entry), known));
  }

  #tooMany(t: number): void {
    const count = ++this.#leftOut;
    if ((count & (count - 1)) !== 0) return;
    const reason = `more of the firewall's verdicts came than are written: ${count} so far are left out`;
    this.#log.write("coverage", t, coverageFields("firewall-log", "off", reason));
  }
}

const masked = (entry: FirewallEntry): FirewallEntry => ({
  ...entry,
  because: redactText(entry.because),
  rule: redactText(entry.rule),
  names: entry.names.map(redactText),
  command: redactText(entry.command),
  url: redactText(entry.url.replace(/[?#].*$/s, "?***")),
});
