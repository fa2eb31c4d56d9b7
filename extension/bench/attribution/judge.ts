// Compares a run's log with what is known without it: each request that a server saw with the connection and the request that
// the log tells, and each request that the log tells with those that the servers saw.
import type { HttpRequest, NetConnect, RunEvent } from "../../../collector/protocol/events.ts";
import type { Endpoint } from "../../test/sample/servers/truth.ts";
import { partsOf, type Asked } from "./truth.ts";

/** What the log says of a request. `step` has a `+` behind it where it is detached; `path` is absent where no request is told. */
export interface Told {
  readonly pid?: number;
  readonly step?: string;
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
}
export interface Verdict {
  readonly asked: Asked;
  readonly client: string;
  readonly told: Told;
  readonly process: boolean;
  readonly step: boolean;
  readonly host: boolean;
  /** Method and path. */
  readonly request: boolean;
  readonly status: boolean;
}
export interface Judgement {
  readonly verdicts: readonly Verdict[];
  /** Requests in the log that no server saw, or that stand there twice. */
  readonly invented: readonly HttpRequest[];
}

/** A clock of the server's process and the kernel's time of an event may differ by so much, in microseconds. */
const CLOCKS_US = 200_000;

const connectionOf = (client: Endpoint, server: Endpoint): string =>
  `${client.ip} ${client.port} ${server.ip} ${server.port}`;

const masked = (path: string): string => path.replace(/\?.*$/s, "?***");

class Log {
  /** By connection, in order. */
  readonly connects = new Map<string, NetConnect[]>();
  readonly requestsOfFlow = new Map<string | undefined, HttpRequest[]>();
  readonly #pids = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #hostsAtEnd = new Map<string, string>();

  constructor(events: readonly RunEvent[]) {
    for (const event of events) {
      if (event.type === "process.exec") this.#pids.set(event.exec.id, event.exec.pid);
      else if (event.type === "http.response") this.#statuses.set(event.request, event.status);
      else if (event.type === "net.close" && event.host) this.#hostsAtEnd.set(event.flow.id, event.host.name);
      else if (event.type === "http.request") append(this.requestsOfFlow, event.flow?.id, event);
      else if (event.type === "net.connect" && event.flow.protocol === "tcp")
        append(this.connects, connectionOf(event.flow.local, event.flow.remote), event);
    }
  }

  pidOf(process: string | undefined): number | undefined {
    return this.#pids.get(process ?? "");
  }

  statusOf({ seq }: HttpRequest): number | undefined {
    return this.#statuses.get(seq);
  }

  hostOf({ flow, host }: NetConnect): string | undefined {
    return this.#hostsAtEnd.get(flow.id) ?? host?.name;
  }

  /** The connection on which a request arrived: the last one between these ends that was made before. */
  connectOf({ client, server, t }: Asked): NetConnect | undefined {
    return this.connects.get(connectionOf(client, server))?.findLast((event) => event.t <= t + CLOCKS_US);
  }
}

const append = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

const withoutPort = (host: string | undefined): string | undefined => host?.replace(/:\d+$/, "");

/** Takes the first of `requests` that `fits` out of the list. */
const take = (requests: HttpRequest[], fits: (request: HttpRequest) => boolean): HttpRequest | undefined => {
  const at = requests.findIndex(fits);
  return at < 0 ? undefined : requests.splice(at, 1)[0];
};

const stepOf = (event: { readonly step?: string; readonly detached?: boolean } | undefined): string | undefined =>
  event?.step === undefined ? undefined : `${event.step}${event.detached === true ? "+" : ""}`;

const verdictOf = (
  asked: Asked,
  log: Log,
  connect: NetConnect | undefined,
  told: HttpRequest | undefined,
  hosts: ReadonlySet<string>,
): Verdict => {
  const { step, detached, client } = partsOf(asked.label ?? "");
  const events = [connect, told].filter((event) => event !== undefined);
  const every = (holds: (event: NetConnect | HttpRequest) => boolean): boolean =>
    events.length > 0 && events.every(holds);
  const status = told && log.statusOf(told);
  const hostOfConnection = connect && log.hostOf(connect);
  const method = told?.http.method === asked.method;
  return {
    asked,
    client,
    told: {
      ...optional("pid", log.pidOf((told ?? connect)?.process)),
      ...optional("step", stepOf(told ?? connect)),
      ...optional("host", told?.http.host ?? hostOfConnection),
      ...optional("method", told?.http.method),
      ...optional("path", told?.http.path),
      ...optional("status", status),
    },
    // What is told of the request and of its connection has to be right both.
    process: every((event) => log.pidOf(event.process) === asked.pid),
    step: every((event) => stepOf(event) === `${step}${detached ? "+" : ""}`),
    host:
      connect !== undefined &&
      hosts.has(hostOfConnection ?? "") &&
      (told === undefined ? hostOfConnection : withoutPort(told.http.host)) === asked.host,
    request: method && told?.http.path === masked(asked.path),
    status: status === asked.status,
  };
};

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });

/**
 * Judges a log. Each request of the log stands for one of the servers' at most. One that is told on the right connection with
 * another method or path is a wrong request, not an invented one.
 */
export const judge = (asked: readonly Asked[], events: readonly RunEvent[]): Judgement => {
  const log = new Log(events);
  const connects = asked.map((one) => log.connectOf(one));
  const told: (HttpRequest | undefined)[] = asked.map(() => undefined);
  const left = new Map([...log.requestsOfFlow].map(([flow, requests]) => [flow, [...requests]]));
  const match = (fits: (one: Asked, request: HttpRequest) => boolean, loose = false): void => {
    for (const [i, one] of asked.entries()) {
      const flow = connects[i]?.flow.id;
      if (told[i] !== undefined || (flow === undefined && !loose)) continue;
      told[i] = take(left.get(loose ? undefined : flow) ?? [], (request) => fits(one, request));
    }
  };
  const same = (one: Asked, { http }: HttpRequest): boolean =>
    http.method === one.method && http.path === masked(one.path);
  match(same);
  // A request that no connection is told for is known by its process.
  match((one, request) => same(one, request) && log.pidOf(request.process) === one.pid, true);
  match(() => true);

  const hosts = new Map<NetConnect, Set<string>>();
  for (const [i, { host }] of asked.entries()) {
    const connect = connects[i];
    if (connect !== undefined) hosts.set(connect, (hosts.get(connect) ?? new Set()).add(host));
  }
  const verdicts = asked.map((one, i) => {
    const connect = connects[i];
    return verdictOf(one, log, connect, told[i], (connect && hosts.get(connect)) ?? new Set());
  });
  return { verdicts, invented: [...left.values()].flat() };
};
