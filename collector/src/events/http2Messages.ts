// HTTP/2: reads the header blocks of both directions of its connections. Each can be read only after all before it, so a
// connection of which something was lost is not followed any further in that direction.
import type { HttpFrame } from "../sensor/frame.ts";
import { BoundedMap } from "./boundedMap.ts";
import { REQUEST_FIELDS, requestOf, RESPONSE_FIELDS, statusOf } from "./http2.ts";
import { type HeaderBlock, HeaderBlocks } from "./http2Frames.ts";
import type { HttpEvents, NotFollowed, WrittenRequest } from "./httpEvents.ts";

const MOST_CONNECTIONS = 4_096;
/** What the tables and the pieces of blocks of all connections may take together. */
const MOST_BYTES = 16 << 20;
/** Requests of all connections that wait for their response. */
const MOST_WAITING = 65_536;

/** One direction of a connection. */
class Way {
  /** Undefined once it is not followed any more. */
  #blocks: HeaderBlocks | undefined;
  /** Where the next bytes begin in what is told of it. */
  #next = 0;

  constructor(wanted: ReadonlySet<string>) {
    this.#blocks = new HeaderBlocks(wanted);
  }

  get heldBytes(): number {
    return this.#blocks?.heldBytes ?? 0;
  }

  end(): void {
    this.#blocks = undefined;
  }

  /** The blocks that end with this piece; or why nothing more is read, which is said once. */
  add({ offset, bytes }: HttpFrame): readonly HeaderBlock[] | NotFollowed {
    if (this.#blocks === undefined) return [];
    const isNext = offset === this.#next;
    this.#next = (offset + bytes.length) % 2 ** 32;
    const blocks = isNext ? this.#blocks.add(bytes) : undefined;
    if (blocks === undefined) this.end();
    return blocks ?? (isNext ? "unreadable_fields" : "lost_fields");
  }
}
/** One flow can carry both, where TLS goes through the tunnel of a proxy. */
const keyOf = ({ flow, tls }: HttpFrame): string => (tls === "none" ? flow : insideOf(flow));
const insideOf = (flow: string): string => `${flow} tls`;

interface Connection {
  readonly key: string;
  readonly requests: Way;
  readonly responses: Way;
  /** The number of the newest stream that the client has opened. */
  newest: number;
}

export class Http2Messages {
  readonly #events: HttpEvents;
  readonly #connections = new BoundedMap<string, Connection>(MOST_CONNECTIONS, (_, { requests, responses }) => {
    this.#held -= requests.heldBytes + responses.heldBytes;
  });
  readonly #waiting = new BoundedMap<string, WrittenRequest>(MOST_WAITING);
  #held = 0;

  constructor(events: HttpEvents) {
    this.#events = events;
  }

  piece(frame: HttpFrame): void {
    const connection = this.#connectionOf(keyOf(frame));
    const way = frame.incoming ? connection.responses : connection.requests;
    const before = way.heldBytes;
    if (frame.end === "goes_on") this.#read(connection, way, frame);
    else {
      way.end();
      this.#events.ended(frame.end, frame);
    }
    this.#held += way.heldBytes - before;
    for (const [key] of this.#connections.entries()) {
      if (this.#held <= MOST_BYTES) return;
      this.#forget(key);
    }
  }

  close(flow: string): void {
    if (this.#connections.size === 0) return;
    this.#forget(flow);
    this.#forget(insideOf(flow));
  }

  #forget(key: string): void {
    const connection = this.#connections.get(key);
    if (connection === undefined) return;
    this.#connections.delete(key);
    this.#held -= connection.requests.heldBytes + connection.responses.heldBytes;
  }

  #connectionOf(key: string): Connection {
    const begun = (): Connection => {
      return { key, requests: new Way(REQUEST_FIELDS), responses: new Way(RESPONSE_FIELDS), newest: 0 };
    };
    const connection = this.#connections.get(key) ?? begun();
    // The one that was used last is the last to be forgotten.
    this.#connections.set(key, connection);
    return connection;
  }

  #read(connection: Connection, way: Way, frame: HttpFrame): void {
    const blocks = way.add(frame);
    if (typeof blocks === "string") return this.#events.ended(blocks, frame);
    for (const block of blocks) {
      // What the server says that the client could have asked, nobody has asked.
      if (block.isPromise) continue;
      if (frame.incoming) this.#response(connection, block, frame);
      else this.#request(connection, block, frame);
    }
  }

  /** Behind the body of a request can be another block of its stream. */
  #request(connection: Connection, { stream, fields }: HeaderBlock, frame: HttpFrame): void {
    if (stream <= connection.newest) return;
    connection.newest = stream;
    const written = this.#events.request(frame, requestOf(fields));
    if (written !== undefined) this.#waiting.set(`${connection.key} ${stream}`, written);
  }

  #response({ key }: Connection, { stream, fields }: HeaderBlock, frame: HttpFrame): void {
    const status = statusOf(fields);
    // Another follows for the same request.
    if (status === undefined || status < 200) return;
    const request = this.#waiting.get(`${key} ${stream}`);
    if (request === undefined) return;
    this.#waiting.delete(`${key} ${stream}`);
    this.#events.response(frame, request, status);
  }
}
