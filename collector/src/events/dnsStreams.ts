// DNS over TCP: each message stands behind its length (RFC 1035 4.2.2). Takes the bytes of such flows, gives messages.
import type { ConnectFrame, DnsFrame, StreamFrame } from "../sensor/frame.ts";
import { CAP } from "../sensor/layout.ts";
import { BoundedMap } from "./boundedMap.ts";
import { StreamBytes } from "./streamBytes.ts";

const PORT = 53;
/** Connections that are followed at the same time. */
const LIMIT = 1_024;

/** Cuts one direction into messages; of a long one only the beginning is kept. */
export class DnsMessages {
  readonly #stream = new StreamBytes();
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes of a long message that are still to come, and not kept. */
  #skip = 0;

  /** The messages that are whole now; undefined when bytes are missing for good. */
  add(offset: number, bytes: Uint8Array): Uint8Array[] | undefined {
    const more = this.#stream.add(offset, bytes);
    if (more === undefined) return undefined;
    const skipped = Math.min(this.#skip, more.length);
    this.#skip -= skipped;
    const rest = skipped === 0 ? more : more.subarray(skipped);
    this.#rest = this.#rest.length === 0 ? rest : Buffer.concat([this.#rest, rest]);
    const messages: Uint8Array[] = [];
    while (this.#rest.length >= 2) {
      const length = ((this.#rest[0] ?? 0) << 8) | (this.#rest[1] ?? 0);
      const kept = Math.min(length, CAP.dns);
      if (this.#rest.length < 2 + kept) break;
      messages.push(this.#rest.subarray(2, 2 + kept));
      const here = Math.min(this.#rest.length, 2 + length);
      this.#skip = 2 + length - here;
      this.#rest = this.#rest.subarray(here);
    }
    return messages;
  }
}

interface Connection {
  readonly serverIp: string;
  readonly serverPort: number;
  readonly sent: DnsMessages;
  readonly received: DnsMessages;
}

export class DnsStreams {
  readonly #onMessage: (message: DnsFrame) => void;
  readonly #connections = new BoundedMap<string, Connection>(LIMIT);

  constructor(onMessage: (message: DnsFrame) => void) {
    this.#onMessage = onMessage;
  }

  connect(frame: ConnectFrame): void {
    if (frame.protocol !== "tcp" || frame.remotePort !== PORT) return;
    const { remoteIp: serverIp, remotePort: serverPort } = frame;
    const ways = { sent: new DnsMessages(), received: new DnsMessages() };
    this.#connections.set(frame.flow, { serverIp, serverPort, ...ways });
  }

  bytes(frame: StreamFrame): void {
    const connection = this.#connections.get(frame.flow);
    if (connection === undefined) return;
    const messages = (frame.incoming ? connection.received : connection.sent).add(frame.offset, frame.bytes);
    if (messages === undefined) return this.close(frame.flow);
    const { time, pid, start, flow, incoming: answer } = frame;
    const { serverIp, serverPort } = connection;
    for (const message of messages) {
      this.#onMessage({
        kind: "dns",
        transport: "tcp",
        socket: flow,
        time,
        pid,
        start,
        answer,
        message,
        serverIp,
        serverPort,
      });
    }
  }

  close(flow: string): void {
    this.#connections.delete(flow);
  }
}
