// HTTP/1.x, in clear text and before it is encrypted: `http.request` for each request, `http.response` for each final
// response to one of them.
import type { HttpFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flows } from "./flows.ts";
import { HeadReader, parseRequest, parseStatus } from "./http1.ts";
import { coverageFields, requestFields, responseFields } from "./lines.ts";
import type { ProcessTable } from "./processTable.ts";

const MOST_CONNECTIONS = 16_384;
/** Requests of one connection that wait for their response. */
const MOST_WAITING = 1_024;

/** Where a request stands in the log; not to be trusted any more once the log has refused something since. */
interface Written {
  readonly seq: number;
  readonly refusals: number;
}
interface Connection {
  readonly requests: HeadReader;
  readonly responses: HeadReader;
  /** By the number of the request. */
  readonly waiting: BoundedMap<number, Written>;
}

/** What was not followed, by its reason, as the log says it. */
const NOT_FOLLOWED: Readonly<Record<Exclude<HttpFrame["end"], "goes_on"> | "unreadable" | "unanswered", string>> = {
  head_too_long: "a head of more than 64 KB",
  not_http: "something else than a message where one must begin",
  too_many: "too many messages at a time",
  out_of_order: "packets out of order",
  unreadable: "a request that cannot be read",
  unanswered: `more than ${MOST_WAITING} requests that wait for their response: the oldest are told without it`,
};

export class HttpMessages {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #flows: Flows;
  readonly #connections = new BoundedMap<string, Connection>(MOST_CONNECTIONS);
  readonly #notFollowed = new Map<string, number>();

  constructor(log: EventLog, processes: ProcessTable, flows: Flows) {
    this.#log = log;
    this.#processes = processes;
    this.#flows = flows;
  }

  piece(frame: HttpFrame): void {
    if (frame.end !== "goes_on") {
      this.#count(frame.end, frame);
      // Of responses only: the flow goes on.
      if (!frame.incoming) this.#flows.named(frame.flow, undefined);
      return;
    }
    let connection = this.#connections.get(frame.flow);
    if (connection === undefined) {
      const ways = { requests: new HeadReader(), responses: new HeadReader() };
      const waiting = new BoundedMap<number, Written>(MOST_WAITING, () => this.#count("unanswered", frame));
      connection = { ...ways, waiting };
      this.#connections.set(frame.flow, connection);
    }
    if (frame.incoming) this.#responses(connection, frame);
    else this.#requests(connection, frame);
  }

  close(flow: string): void {
    this.#connections.delete(flow);
  }

  #requests({ requests, waiting }: Connection, frame: HttpFrame): void {
    for (const { message, text } of requests.add(frame)) {
      const request = parseRequest(text);
      // Inside TLS, the ClientHello has said whom the client speaks to.
      this.#flows.named(frame.flow, frame.tls === "none" ? request : undefined);
      if (request === undefined) {
        this.#count("unreadable", frame);
        continue;
      }
      const process = this.#processes.acting(frame.pid, frame.start, frame.time);
      const flow = frame.flowless ? undefined : frame.flow;
      const host = request.host ?? (frame.tls === "none" ? undefined : this.#flows.serverName(frame.flow));
      const http = { ...request, host, tls: frame.tls };
      const seq = this.#log.write("http.request", frame.time, requestFields(process, http, flow));
      // Inside TLS no responses are read.
      if (frame.tls === "none") waiting.set(message, { seq, refusals: this.#log.refusals });
    }
  }

  #responses({ responses, waiting }: Connection, frame: HttpFrame): void {
    for (const { message, text } of responses.add(frame)) {
      const status = parseStatus(text);
      const request = waiting.get(message);
      // Another follows for the same request, but for the one that ends HTTP.
      if (status === undefined || request === undefined || (status < 200 && status !== 101)) continue;
      waiting.delete(message);
      if (request.refusals !== this.#log.refusals) continue;
      const process = this.#processes.acting(frame.pid, frame.start, frame.time);
      this.#log.write("http.response", frame.time, responseFields(process, request.seq, status));
    }
  }

  /** Said at the first time and then ever more seldom, so that nobody can fill the log with it. */
  #count(reason: keyof typeof NOT_FOLLOWED, { time, tls }: HttpFrame): void {
    const where = tls === "none" ? "clear" : "tls";
    const key = `http.${where}.${reason}`;
    const count = (this.#notFollowed.get(key) ?? 0) + 1;
    this.#notFollowed.set(key, count);
    if ((count & (count - 1)) !== 0) return;
    const said = `HTTP ${tls === "none" ? "in clear text" : "inside TLS"} was not followed any further: ${NOT_FOLLOWED[reason]} (so far ${count})`;
    this.#log.write("coverage", time, coverageFields(key, "off", said));
  }
}
