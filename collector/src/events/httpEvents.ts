// The events of HTTP, whatever its version: `http.request` for each request, `http.response` for each final response to
// one of them, and `coverage` where a connection is not followed.
import { hostOfAuthority } from "../../protocol/authority.ts";
import type { HttpFrame } from "../sensor/frame.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flows } from "./flows.ts";
import type { RequestHead } from "./http1.ts";
import { coverageFields, requestFields, responseFields } from "./lines.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Verdicts } from "./verdicts.ts";
import type { RecentCalls } from "./recentCalls.ts";

/** Where a request stands in the log; not to be trusted any more once the log has refused something since. */
export interface WrittenRequest {
  readonly seq: number;
  readonly refusals: number;
}

/** Requests of one connection that wait for their response. */
export const MOST_WAITING = 1_024;

/** What was not followed, by its reason, as the log says it. */
const NOT_FOLLOWED = {
  head_too_long: "a head of more than 64 KB",
  not_http: "something else than a message where one must begin",
  too_many: "too many messages at a time",
  out_of_order: "packets out of order",
  unreadable: "a request that cannot be read",
  unanswered: `more than ${MOST_WAITING} requests that wait for their response: the oldest are told without it`,
  begun_before: "a connection over HTTP/2 that has begun before it could be read",
  lost_fields: "a connection over HTTP/2 of which something was lost",
  unreadable_fields: "header fields of HTTP/2 that are packed wrongly",
} as const satisfies Record<Exclude<HttpFrame["end"], "goes_on">, string> & Record<string, string>;
export type NotFollowed = keyof typeof NOT_FOLLOWED;

export class HttpEvents {
  readonly #log: EventLog;
  readonly #processes: ProcessTable;
  readonly #flows: Flows;
  readonly #verdicts: Verdicts;
  readonly #calls: RecentCalls;
  readonly #notFollowed = new Map<string, number>();

  constructor(log: EventLog, processes: ProcessTable, flows: Flows, verdicts: Verdicts, calls: RecentCalls) {
    this.#log = log;
    this.#calls = calls;
    this.#processes = processes;
    this.#flows = flows;
    this.#verdicts = verdicts;
  }

  /** `request`: undefined for one that cannot be read, which is counted and not written. */
  request(frame: HttpFrame, request: RequestHead | undefined): WrittenRequest | undefined {
    // Inside TLS, the ClientHello has said whom the client speaks to.
    this.#flows.named(frame.flow, frame.tls === "none" ? request : undefined);
    if (request === undefined) {
      this.notFollowed("unreadable", frame);
      return undefined;
    }
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    const flow = frame.flowless ? undefined : frame.flow;
    const host = request.host ?? (frame.tls === "none" ? undefined : this.#flows.serverName(frame.flow));
    const http = { ...request, host, tls: frame.tls };
    const fields = requestFields(process, http, flow, this.#verdicts.request(http, flow));
    const seq = this.#log.write("http.request", frame.time, fields);
    const { refusals } = this.#log;
    const { toolJson } = process;
    const name = hostOfAuthority(host ?? "");
    const { path } = request;
    this.#calls.add(() => ({ kind: "request", process, toolJson, t: frame.time, seq, refusals, flow, name, path }));
    return { seq, refusals };
  }

  /** The final response to a request, one of the 1xx only where it ends HTTP. */
  response(frame: HttpFrame, request: WrittenRequest, status: number): void {
    if (request.refusals !== this.#log.refusals) return;
    const process = this.#processes.acting(frame.pid, frame.start, frame.time);
    this.#log.write("http.response", frame.time, responseFields(process, request.seq, status));
  }

  /** Of this connection, or of what it has received, nothing more is read. */
  ended(reason: NotFollowed, frame: HttpFrame): void {
    this.notFollowed(reason, frame);
    // Of responses only: the flow goes on.
    if (!frame.incoming) this.#flows.named(frame.flow, undefined);
  }

  /** Said at the first time and then ever more seldom, so that nobody can fill the log with it. */
  notFollowed(reason: NotFollowed, { time, tls }: HttpFrame): void {
    const where = tls === "none" ? "clear" : "tls";
    const key = `http.${where}.${reason}`;
    const count = (this.#notFollowed.get(key) ?? 0) + 1;
    this.#notFollowed.set(key, count);
    if ((count & (count - 1)) !== 0) return;
    const said = `HTTP ${tls === "none" ? "in clear text" : "inside TLS"} was not followed any further: ${NOT_FOLLOWED[reason]} (so far ${count})`;
    this.#log.write("coverage", time, coverageFields(key, "off", said));
  }
}
