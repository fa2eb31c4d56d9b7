// What an egress policy did not allow: who wanted to go where, and the entry that would let them.
import { parseNetwork } from "../policy/addresses.ts";
import { formatRule } from "../policy/format.ts";
import { foldHostName } from "../policy/hostNames.ts";
import type { Rule, Target } from "../policy/policy.ts";
import type { DnsQuery, EventBase, HttpRequest, NetClose, NetConnect, Verdict } from "../protocol/events.ts";
import { addBounded, byCount, compareText, type Counter } from "./counting.ts";
import type { DeniedSummary, Listed } from "./runSummary.ts";

const MOST_DENIED = 5_000;
const MOST_OPEN_FLOWS = 100_000;
const MOST_NAMES = 50;
const NAMES_SHOWN = 8;

interface Denied {
  readonly what: string;
  readonly kind: DeniedSummary["kind"];
  readonly host: string;
  readonly allow: string | undefined;
  blocked: boolean;
  first: number;
  times: number;
  readonly programs: Counter;
  readonly steps: Counter;
}

interface OpenFlow {
  readonly event: NetConnect;
  readonly program: string | undefined;
}

type Wanted = Pick<Rule, "port" | "protocol" | "request">;

const targetOf = (host: string): Target | undefined => {
  const network = parseNetwork(host);
  if (network !== undefined) return { kind: "network", network };
  const name = foldHostName(host);
  return name === undefined ? undefined : { kind: "host", name };
};

/** The entry of our own dialect that allows this and nothing else; undefined where there is none. */
const entryFor = (host: string, wanted: Wanted): string | undefined => {
  const target = targetOf(host);
  return target === undefined ? undefined : formatRule({ target, ...wanted });
};

const isDenied = (verdict: Verdict | undefined): boolean => verdict === "blocked" || verdict === "would-block";

const shown = (counter: Counter): readonly string[] =>
  byCount(counter)
    .slice(0, NAMES_SHOWN)
    .map(([name]) => name);

export class DeniedTally {
  readonly #denied = new Map<string, Denied>();
  /** Connections whose client may still say another name, by which they are judged anew. */
  readonly #open = new Map<string, OpenFlow>();
  #unlisted = false;

  connect(event: NetConnect, program: string | undefined): void {
    if (event.verdict === undefined) return;
    this.#settle(event.flow.id, undefined);
    // One that was blocked never comes to say more.
    if (event.verdict === "blocked") this.#flow({ event, program }, undefined);
    else this.#open.set(event.flow.id, { event, program });
    if (this.#open.size <= MOST_OPEN_FLOWS) return;
    for (const oldest of this.#open.keys()) return this.#settle(oldest, undefined);
  }

  close(event: NetClose): void {
    this.#settle(event.flow.id, event);
  }

  query(event: DnsQuery, program: string | undefined): void {
    if (!isDenied(event.verdict)) return;
    const { name } = event.dns;
    const allow = entryFor(name, { port: 443, protocol: "tcp", request: undefined });
    this.#add({ what: name, kind: "name", host: name, allow }, event, event.verdict, program);
  }

  request(event: HttpRequest, program: string | undefined): void {
    const { method, host = "", tls } = event.http;
    if (!isDenied(event.verdict)) return;
    const scheme = tls === "none" ? "http" : "https";
    const path = event.http.path.replace(/\?.*/s, "");
    const [, name = host, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(host) ?? [];
    const plain = /^[\x21-\x7e]*$/.test(path) && !/[*#]/.test(path) && /^[A-Z]+$/.test(method);
    const allow = plain
      ? entryFor(name, {
          port: port === undefined ? (tls === "none" ? 80 : 443) : Number(port),
          protocol: "tcp",
          request: { scheme, methods: [method], path, prefix: false },
        })
      : undefined;
    const what = `${method} ${scheme}://${host}${path}`;
    this.#add({ what, kind: "request", host: name, allow }, event, event.verdict, program);
  }

  /** At most `most`, the most frequent first. Connections that are still open are told by what is known of them now. */
  list(most: number): Listed<DeniedSummary> {
    for (const id of this.#open.keys()) this.#settle(id, undefined);
    const rows = [...this.#denied.values()];
    const connected = new Set(rows.filter(({ kind }) => kind === "connection").map(({ host }) => host));
    // The question is a part of the connection that follows it.
    const told = rows.filter(({ kind, host }) => kind !== "name" || !connected.has(host));
    const items = told
      .toSorted((a, b) => b.times - a.times || compareText(a.what, b.what))
      .slice(0, most)
      .map(({ what, kind, blocked, first, times, programs, steps, allow }) => ({
        what,
        kind,
        blocked,
        first,
        times,
        programs: shown(programs),
        steps: shown(steps),
        ...(allow === undefined ? {} : { allow }),
      }));
    return { items, omitted: told.length - items.length + (this.#unlisted ? 1 : 0) };
  }

  /** A connection is judged for good: at its end, or when there is no room to wait for that. */
  #settle(id: string, close: NetClose | undefined): void {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#flow(open, close);
  }

  #flow({ event, program }: OpenFlow, close: NetClose | undefined): void {
    const verdict = close?.verdict ?? event.verdict;
    if (!isDenied(verdict)) return;
    const { protocol, remote } = event.flow;
    const host = close?.host?.name ?? event.host?.name ?? remote.ip;
    const allow = event.allowedBy ?? entryFor(host, { port: remote.port, protocol, request: undefined });
    const what = `${host.includes(":") ? `[${host}]` : host}:${remote.port}${protocol === "udp" ? "/udp" : ""}`;
    this.#add({ what, kind: "connection", host, allow }, event, verdict, program, event.count);
  }

  #add(
    about: Pick<Denied, "what" | "kind" | "host" | "allow">,
    { seq, step }: EventBase,
    verdict: Verdict | undefined,
    program: string | undefined,
    times = 1,
  ): void {
    const key = `${about.kind} ${about.what}`;
    let denied = this.#denied.get(key);
    if (denied === undefined) {
      if (this.#denied.size >= MOST_DENIED) {
        this.#unlisted = true;
        return;
      }
      denied = { ...about, blocked: false, first: seq, times: 0, programs: new Map(), steps: new Map() };
      this.#denied.set(key, denied);
    }
    // Connections are judged at their end, and not all in the order in which they began.
    denied.first = Math.min(denied.first, seq);
    denied.times += times;
    denied.blocked ||= verdict === "blocked";
    if (program !== undefined) addBounded(denied.programs, program, MOST_NAMES);
    if (step !== undefined) addBounded(denied.steps, step, MOST_NAMES);
  }
}
