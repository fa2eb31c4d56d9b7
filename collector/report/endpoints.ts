// Network connections by where they went.
import type { Firewall, HttpRequest, NetClose, NetConnect } from "../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import { add, addBounded, byCount, compareText, toRecord, type Counter } from "./counting.ts";
import type { EndpointSummary, Listed } from "./runSummary.ts";

const MOST_ENDPOINTS = 10_000;
const MOST_OPEN_FLOWS = 100_000;
const MOST_CLOSED_FLOWS = 10_000;
const MOST_PROGRAMS = 50;
const PROGRAMS_SHOWN = 8;

interface Endpoint {
  readonly host: string;
  readonly named: boolean;
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  connections: number;
  readonly failures: Counter;
  readonly verdicts: Counter;
  readonly programs: Counter;
  readonly steps: Counter;
  requests: number;
  bytesSent: number;
  bytesReceived: number;
}

/** What is remembered of a connection until its end. */
interface OpenFlow {
  readonly endpoint: Endpoint;
  readonly verdict: string | undefined;
  readonly program: string | undefined;
  readonly step: string | undefined;
  /** What the agent's firewall has said last. */
  firewall: string | undefined;
  requests: number;
}

const takeOne = (counter: Counter, name: string | undefined): void => {
  const count = name === undefined ? undefined : counter.get(name);
  if (name === undefined || count === undefined) return;
  if (count > 1) counter.set(name, count - 1);
  else counter.delete(name);
};

const keyOf = (protocol: string, host: string, port: number): string => `${protocol} ${host} ${port}`;

export class EndpointTally {
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #open = new BoundedMap<string, OpenFlow>(MOST_OPEN_FLOWS);
  /** What the agent's firewall says of a connection can come behind its end. */
  readonly #closed = new BoundedMap<string, Endpoint>(MOST_CLOSED_FLOWS);
  /** Endpoints met when there were too many to remember: only their connections are counted. */
  #unlisted = 0;
  connections = 0;
  failed = 0;
  requests = 0;
  bytesSent = 0;
  bytesReceived = 0;

  connect(event: NetConnect, program: string | undefined): void {
    this.connections += 1;
    const { protocol, remote } = event.flow;
    const endpoint = this.#endpointOf(protocol, event.host?.name, remote.ip, remote.port);
    if (event.result !== "ok" && event.result !== "EINPROGRESS") {
      this.failed += 1;
      if (endpoint !== undefined) addBounded(endpoint.failures, event.result, MOST_PROGRAMS);
    }
    if (endpoint === undefined) {
      this.#unlisted += 1;
      return;
    }
    const { verdict, step } = event;
    const open: OpenFlow = { endpoint, verdict, program, step, firewall: undefined, requests: 0 };
    this.#count(endpoint, open);
    this.#open.set(event.flow.id, open);
  }

  #count(endpoint: Endpoint, { verdict, program, step, firewall, requests }: OpenFlow): void {
    endpoint.connections += 1;
    endpoint.requests += requests;
    for (const said of [verdict, firewall]) if (said !== undefined) add(endpoint.verdicts, said);
    if (program !== undefined) addBounded(endpoint.programs, program, MOST_PROGRAMS);
    if (step !== undefined) addBounded(endpoint.steps, step, MOST_PROGRAMS);
  }

  #uncount(endpoint: Endpoint, { verdict, program, step, firewall, requests }: OpenFlow): void {
    endpoint.connections -= 1;
    endpoint.requests -= requests;
    for (const said of [verdict, firewall]) takeOne(endpoint.verdicts, said);
    takeOne(endpoint.programs, program);
    takeOne(endpoint.steps, step);
  }

  /**
   * The connection was to a host that has said its name only now: it counts there and no longer where it was counted.
   * `verdict` is what the policy says of that name.
   */
  #moveTo(name: string, open: OpenFlow, verdict = open.verdict): Endpoint {
    const { endpoint } = open;
    const { protocol, host, port } = endpoint;
    const named = name === host ? undefined : this.#endpointOf(protocol, name, host, port);
    if (named === undefined) return endpoint;
    this.#count(named, { ...open, verdict });
    this.#uncount(endpoint, open);
    if (endpoint.connections === 0) this.#endpoints.delete(keyOf(protocol, host, port));
    return named;
  }

  request(event: HttpRequest): void {
    this.requests += 1;
    const open = event.flow === undefined ? undefined : this.#open.get(event.flow.id);
    if (open === undefined) return;
    open.requests += 1;
    open.endpoint.requests += 1;
  }

  /** The agent's firewall says something of a connection. */
  judged({ flow, firewall }: Firewall): void {
    if (flow === undefined) return;
    const open = this.#open.get(flow.id);
    const endpoint = open?.endpoint ?? this.#closed.get(flow.id);
    if (endpoint === undefined) return;
    const said = `${firewall.verdict} by the agent's firewall`;
    if (open !== undefined) open.firewall = said;
    add(endpoint.verdicts, said);
  }

  close(event: NetClose): void {
    this.bytesSent += event.bytesSent;
    this.bytesReceived += event.bytesReceived;
    const failed = event.result !== undefined && event.result !== "ok";
    if (failed) this.failed += 1;
    const open = this.#open.get(event.flow.id);
    if (open === undefined) return;
    this.#open.delete(event.flow.id);
    const endpoint = event.host === undefined ? open.endpoint : this.#moveTo(event.host.name, open, event.verdict);
    this.#closed.set(event.flow.id, endpoint);
    endpoint.bytesSent += event.bytesSent;
    endpoint.bytesReceived += event.bytesReceived;
    if (failed && event.result !== undefined) addBounded(endpoint.failures, event.result, MOST_PROGRAMS);
  }

  /** At most `most` endpoints, those with the most connections first. */
  list(most: number): Listed<EndpointSummary> {
    const sorted = [...this.#endpoints.values()].toSorted(
      (a, b) => b.connections - a.connections || compareText(a.host, b.host) || a.port - b.port,
    );
    const items = sorted.slice(0, most).map((endpoint) => ({
      host: endpoint.host,
      named: endpoint.named,
      port: endpoint.port,
      protocol: endpoint.protocol,
      connections: endpoint.connections,
      failures: toRecord(endpoint.failures),
      verdicts: toRecord(endpoint.verdicts),
      bytesSent: endpoint.bytesSent,
      bytesReceived: endpoint.bytesReceived,
      programs: byCount(endpoint.programs)
        .slice(0, PROGRAMS_SHOWN)
        .map(([name]) => name),
      requests: endpoint.requests,
      steps: byCount(endpoint.steps)
        .slice(0, PROGRAMS_SHOWN)
        .map(([id]) => id),
    }));
    return { items, omitted: sorted.length - items.length + (this.#unlisted > 0 ? 1 : 0) };
  }

  #endpointOf(protocol: "tcp" | "udp", name: string | undefined, ip: string, port: number): Endpoint | undefined {
    const host = name ?? ip;
    const key = keyOf(protocol, host, port);
    let endpoint = this.#endpoints.get(key);
    if (endpoint === undefined && this.#endpoints.size < MOST_ENDPOINTS) {
      endpoint = {
        host,
        named: name !== undefined,
        port,
        protocol,
        connections: 0,
        failures: new Map(),
        verdicts: new Map(),
        programs: new Map(),
        steps: new Map(),
        requests: 0,
        bytesSent: 0,
        bytesReceived: 0,
      };
      this.#endpoints.set(key, endpoint);
    }
    return endpoint;
  }
}
