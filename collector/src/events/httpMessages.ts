// HTTP, in clear text and inside TLS. This is for HTTP/1.x; what is HTTP/2 goes on to http2Messages.ts.
import type { HttpFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flows } from "./flows.ts";
import { HeadReader, parseRequest, parseStatus } from "./http1.ts";
import { Http2Messages } from "./http2Messages.ts";
import { HttpEvents, MOST_WAITING, type WrittenRequest } from "./httpEvents.ts";
import type { ProcessTable } from "./processTable.ts";
import type { Verdicts } from "./verdicts.ts";
import type { RecentCalls } from "./recentCalls.ts";

const MOST_CONNECTIONS = 16_384;

interface Connection {
  readonly requests: HeadReader;
  readonly responses: HeadReader;
  /** By the number of the request. */
  readonly waiting: BoundedMap<number, WrittenRequest>;
}

/** One flow can carry both, where TLS goes through the tunnel of a proxy. */
const keyOf = (flow: string, inside: boolean): string => (inside ? `${flow} tls` : flow);

export class HttpMessages {
  readonly #events: HttpEvents;
  readonly #http2: Http2Messages;
  readonly #connections = new BoundedMap<string, Connection>(MOST_CONNECTIONS);

  constructor(log: EventLog, processes: ProcessTable, flows: Flows, verdicts: Verdicts, calls: RecentCalls) {
    this.#events = new HttpEvents(log, processes, flows, verdicts, calls);
    this.#http2 = new Http2Messages(this.#events);
  }

  piece(frame: HttpFrame): void {
    if (frame.http2) return this.#http2.piece(frame);
    if (frame.end !== "goes_on") return this.#events.ended(frame.end, frame);
    const key = keyOf(frame.flow, frame.tls !== "none");
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      const ways = { requests: new HeadReader(), responses: new HeadReader() };
      const waiting = new BoundedMap<number, WrittenRequest>(MOST_WAITING, () =>
        this.#events.notFollowed("unanswered", frame),
      );
      connection = { ...ways, waiting };
      this.#connections.set(key, connection);
    }
    if (frame.incoming) this.#responses(connection, frame);
    else this.#requests(connection, frame);
  }

  close(flow: string): void {
    if (this.#connections.size > 0) {
      this.#connections.delete(keyOf(flow, false));
      this.#connections.delete(keyOf(flow, true));
    }
    this.#http2.close(flow);
  }

  #requests({ requests, waiting }: Connection, frame: HttpFrame): void {
    for (const { message, text } of requests.add(frame)) {
      const written = this.#events.request(frame, parseRequest(text));
      if (written !== undefined) waiting.set(message, written);
    }
  }

  #responses({ responses, waiting }: Connection, frame: HttpFrame): void {
    for (const { message, text } of responses.add(frame)) {
      const status = parseStatus(text);
      const request = waiting.get(message);
      // Another follows for the same request, but for the one that ends HTTP.
      if (status === undefined || request === undefined || (status < 200 && status !== 101)) continue;
      waiting.delete(message);
      this.#events.response(frame, request, status);
    }
  }
}
