// Network connections by where they went.
import type { Firewall, HttpRequest, NetClose, NetConnect } from "../../protocol/events.ts";
import { BoundedMap } from "./boundedMap.ts";
import { add, addBounded, byCount, compareText, toRecord, type Counter } from "./counting.ts";
import type { EndpointSummary, Listed } from "./runSummary.ts";

const MOST_ENDPOINTS = 10_000;
const MOST_OPEN_FLOWS = 100_000;
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

export class EndpointTally {
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #open = new BoundedMap<string, Endpoint>(MOST_OPEN_FLOWS);
  /** Endpoints met when there were too many to remember: only their connections are counted. */
  #unlisted = 0;
  connections = 0;
  failed = 0;
  requests = 0;
  bytesSent = 0;
  bytesReceived = 0;

  connect(event: NetConnect, program: string | undefined): void {
    this.connections += 1;
    const endpoint = this.#endpointOf(event);
    if (event.result !== "ok" && event.result !== "EINPROGRESS") {
      this.failed += 1;
      if (endpoint !== undefined) addBounded(endpoint.failures, event.result, MOST_PROGRAMS);
    }
    if (endpoint === undefined) {
      this.#unlisted += 1;
      return;
    }
    endpoint.connections += 1;
    if (event.verdict !== undefined) add(endpoint.verdicts, event.verdict);
    if (program !== undefined) addBounded(endpoint.programs, program, MOST_PROGRAMS);
    if (event.step !== undefined) addBounded(endpoint.steps, event.step, MOST_PROGRAMS);
    this.#open.set(event.flow.id, endpoint);
  }

  request(event: HttpRequest): void {
    this.requests += 1;
    const endpoint = event.flow === undefined ? undefined : this.#open.get(event.flow.id);
    if (endpoint !== undefined) endpoint.requests += 1;
  }

  /** The agent's firewall says something of an open connection. */
  judged({ flow, firewall }: Firewall): void {
    const endpoint = flow === undefined ? undefined : this.#open.get(flow.id);
    if (endpoint !== undefined) add(endpoint.verdicts, `${firewall.verdict} by the agent's firewall`);
  }

  close(event: NetClose): void {
    this.bytesSent += event.bytesSent;
    this.bytesReceived += event.bytesReceived;
    const failed = event.result !== undefined && event.result !== "ok";
    if (failed) this.failed += 1;
    const endpoint = this.#open.get(event.flow.id);
    if (endpoint === undefined) return;
    this.#open.delete(event.flow.id);
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

  #endpointOf(event: NetConnect): Endpoint | undefined {
    const { protocol, remote } = event.flow;
    const host = event.host?.name ?? remote.ip;
    const key = `${protocol} ${host} ${remote.port}`;
    let endpoint = this.#endpoints.get(key);
    if (endpoint === undefined && this.#endpoints.size < MOST_ENDPOINTS) {
      endpoint = {
        host,
        named: event.host !== undefined,
        port: remote.port,
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
