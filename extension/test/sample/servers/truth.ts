import { openSync, writeSync } from "node:fs";
import type { Socket } from "node:net";

/** One end of a connection. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/**
 * A line of the ground truth: what really arrived at the servers, to compare a recording with. `t` is in microseconds since
 * the Unix epoch, on this machine's clock.
 */
export type TruthLine =
  | {
      readonly t: number;
      readonly type: "dns";
      readonly name: string;
      readonly qtype: string;
      readonly transport: "udp" | "tcp";
      readonly client: Endpoint;
      readonly rcode: string;
      readonly answers: readonly string[];
      /** The answer said "too long for UDP, ask again over TCP". */
      readonly truncated?: boolean;
    }
  | {
      readonly t: number;
      readonly type: "http";
      /** Pairs a request with its `http.end`. */
      readonly id: number;
      readonly host: string;
      readonly method: string;
      /** With its query. */
      readonly path: string;
      readonly tls: boolean;
      readonly client: Endpoint;
      readonly server: Endpoint;
      readonly userAgent: string;
    }
  | { readonly t: number; readonly type: "http.end"; readonly id: number; readonly status: number }
  | { readonly t: number; readonly type: "tcp.open"; readonly client: Endpoint; readonly server: Endpoint }
  | {
      readonly t: number;
      readonly type: "tcp.close";
      readonly client: Endpoint;
      readonly server: Endpoint;
      /** Bytes of payload as the server counts them (TLS records included). */
      readonly received: number;
      readonly sent: number;
    };

type WithoutTime<Line> = Line extends unknown ? Omit<Line, "t"> : never;

/** Writes lines of the ground truth. */
export type TruthWriter = (line: WithoutTime<TruthLine>) => void;

/** Appends to `path`; each line is in the file when the call returns, so that nothing is lost when the world is killed. */
export const openTruth = (path: string): TruthWriter => {
  const file = openSync(path, "a", 0o600);
  return (line) => {
    const t = Math.round((performance.timeOrigin + performance.now()) * 1000);
    writeSync(file, `${JSON.stringify({ t, ...line })}\n`);
  };
};

/** IPv4 addresses arrive at a dual-stack socket in their IPv6 clothes. */
const plain = (ip: string | undefined): string => (ip ?? "").replace(/^::ffff:/, "");

/** Both ends of a connection as the client would name them; read it while the connection is open. */
export const endpointsOf = (socket: Socket): { client: Endpoint; server: Endpoint } => ({
  client: { ip: plain(socket.remoteAddress), port: socket.remotePort ?? 0 },
  server: { ip: plain(socket.localAddress), port: socket.localPort ?? 0 },
});
