import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  createServer as createHttpServer,
} from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SecureContext, createSecureContext } from "node:tls";

import { type TruthWriter, endpointsOf } from "./truth.ts";

/** Answers the requests for one host. A rejected promise becomes a 500 with the message in it. */
export type Site = (request: IncomingMessage, response: ServerResponse, url: URL) => void | Promise<void>;

/** Sends a whole answer. */
export const reply = (
  response: ServerResponse,
  status: number,
  body: string | Buffer = "",
  type = "application/json; charset=utf-8",
): void => {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
};

/** The whole body of a request. */
export const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/**
 * Starts port 80 and port 443 for all sites. The certificate is chosen by the name the client asks for, as on a shared edge;
 * `certificates` holds NAME.pem and NAME.key.
 */
export const startWebServers = async (options: {
  readonly http: ReadonlyMap<string, Site>;
  readonly https: ReadonlyMap<string, Site>;
  readonly certificates: string;
  readonly truth: TruthWriter;
  readonly ip6: boolean;
}): Promise<void> => {
  const contexts = new Map<string, SecureContext>();
  for (const name of options.https.keys()) {
    const [cert, key] = ["pem", "key"].map((kind) => readFileSync(join(options.certificates, `${name}.${kind}`)));
    if (cert && key) contexts.set(name, createSecureContext({ cert, key }));
  }
  const http = createHttpServer(listener(options.http, false, options.truth));
  const https = createHttpsServer(
    {
      SNICallback: (name, done) => {
        const context = contexts.get(name);
        if (context) done(null, context);
        else done(new Error(`no certificate for ${name}`));
      },
    },
    listener(options.https, true, options.truth),
  );
  const address = options.ip6 ? "::" : "0.0.0.0";
  for (const [server, port] of [
    [http, 80],
    [https, 443],
  ] as const) {
    server.on("connection", (socket: Socket) => noteConnection(socket, options.truth));
    // Clients that think between two requests keep their connection, as they would with the real services.
    server.keepAliveTimeout = 20_000;
    server.listen(port, address);
    await once(server satisfies Server, "listening");
  }
};

const openConnections = new Set<Socket>();

/** Waits until every client is gone and all of it is written down, but no longer than `ms`. */
export const untilNobodyIsConnected = async (ms: number): Promise<void> => {
  for (const end = performance.now() + ms; openConnections.size > 0 && performance.now() < end;) await sleep(10);
};

const noteConnection = (socket: Socket, truth: TruthWriter): void => {
  const ends = endpointsOf(socket);
  openConnections.add(socket);
  truth({ type: "tcp.open", ...ends });
  socket.on("error", () => socket.destroy());
  socket.once("close", () => {
    openConnections.delete(socket);
    truth({ type: "tcp.close", ...ends, received: socket.bytesRead, sent: socket.bytesWritten });
  });
};

let requests = 0;

const listener = (sites: ReadonlyMap<string, Site>, tls: boolean, truth: TruthWriter): RequestListener => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const path = request.url ?? "/";
    const id = ++requests;
    truth({
      type: "http",
      id,
      host,
      method: request.method ?? "",
      path,
      tls,
      ...endpointsOf(request.socket),
      userAgent: request.headers["user-agent"] ?? "",
    });
    response.once("close", () => truth({ type: "http.end", id, status: response.statusCode }));
    const site = sites.get(host);
    if (site) await site(request, response, new URL(path, `http://${host}`));
    else reply(response, 421, `{"message":"No such host here"}`);
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else reply(response, 500, JSON.stringify({ message: String(error) }));
    });
  };
};
