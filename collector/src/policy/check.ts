// Runs played again against a policy: what it would have let through, and what not.
import type { HttpRequest, RunEvent } from "../../protocol/events.ts";
import { Matcher } from "../../policy/matcher.ts";
import { NeedTally, type Need } from "../../policy/needs.ts";
import type { Policy, Rule } from "../../policy/policy.ts";

export interface Checked {
  readonly runs: number;
  readonly allowed: number;
  readonly blocked: readonly Need[];
  /** Requests over allowed connections that no rule expects: `METHOD host/path`, with how often. */
  readonly unexpected: ReadonlyMap<string, number>;
  /** Rules of the list that nothing used. */
  readonly unused: readonly Rule[];
}

const MOST_REQUESTS = 5_000;
const MOST_FLOWS = 50_000;

/** Takes runs as `readLogs` reads them. */
export class PolicyCheck {
  readonly #policy: Policy;
  readonly #matcher: Matcher;
  readonly #needs = new NeedTally();
  readonly #ports = new Map<string, number>();
  readonly #unexpected = new Map<string, number>();
  readonly #used = new Set<Rule>();

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#matcher = new Matcher(policy);
  }

  beginRun(): void {
    this.#needs.beginRun();
    this.#ports.clear();
  }

  take(event: RunEvent): void {
    this.#needs.take(event);
    if (event.type === "net.connect" && this.#ports.size < MOST_FLOWS)
      this.#ports.set(event.flow.id, event.flow.remote.port);
    else if (event.type === "net.close") this.#ports.delete(event.flow.id);
    else if (event.type === "http.request") this.#request(event);
  }

  finish(): Checked {
    const blocked: Need[] = [];
    let allowed = 0;
    for (const need of this.#needs.finish()) {
      const rule = this.#matcher.connection(need);
      if (rule === undefined) blocked.push(need);
      else {
        allowed += 1;
        this.#used.add(rule);
      }
    }
    const unused = this.#policy.rules.filter((rule) => rule.set === undefined && !this.#used.has(rule));
    return { runs: this.#needs.runs, allowed, blocked, unexpected: this.#unexpected, unused };
  }

  #request({ http, flow }: HttpRequest): void {
    const port = this.#ports.get(flow?.id ?? "");
    if (http.host === undefined || port === undefined) return;
    const host = http.host.replace(/:\d+$/, "");
    const path = http.path.replace(/\?.*/, "");
    const asked = { host, port, scheme: http.tls === "none" ? "http" : "https", method: http.method, path } as const;
    const expected = this.#matcher.request(asked);
    if (expected !== undefined) {
      this.#used.add(expected);
      return;
    }
    // Where the connection itself is not allowed, that is said already.
    if (this.#matcher.connection({ host, port, protocol: "tcp" }) === undefined) return;
    const key = `${http.method} ${host}${path}`;
    if (this.#unexpected.size < MOST_REQUESTS || this.#unexpected.has(key)) {
      this.#unexpected.set(key, (this.#unexpected.get(key) ?? 0) + 1);
    }
  }
}
