// The collector's HTTP server: one guard in front (is it for us, is it authorised), the routes behind it. It only reads
// logs, and nothing that a client does can hold up the collector.
import { lookup } from "node:dns/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";
import { answerBadRequest, refuseTunnel } from "./badRequest.ts";
import { limitConnections } from "./connections.ts";
import { isOurHost } from "./hostCheck.ts";
import { isLoopbackAddress, urlHost } from "./listenAddress.ts";
import { sendProblem, type Problem } from "./problem.ts";
import { answer, type ServedRun } from "./routes.ts";
import { Streams } from "./streams.ts";
import { bearerCheck } from "./token.ts";
import { Turns } from "./turns.ts";

export type { ServedRun } from "./routes.ts";

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** What every request must carry as `Authorization: Bearer …`. */
  readonly token: string;
  readonly runs: () => readonly ServedRun[];
  readonly version: string;
  /** Told one line for the user where something needs saying; the server goes on. */
  readonly warn?: (message: string) => void;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpLimits {
  /** Event streams and downloads at a time. */
  readonly clients: number;
  readonly connections: number;
  /** Between two comments on an idle event stream. */
  readonly keepAliveMs: number;
  /** After which clients that lost their connection are told to come back. */
  readonly retryMs: number;
  /** A client that takes not a byte for so long is cut; it can resume where it was. */
  readonly stallMs: number;
  /** One that has not taken what it was sent for so long is cut where there is no room for another one. */
  readonly patienceMs: number;
}

const DEFAULT_LIMITS: HttpLimits = {
  clients: 256,
  connections: 512,
  keepAliveMs: 12_000,
  retryMs: 1_000,
  stallMs: 60_000,
  patienceMs: 5_000,
};

export interface HttpServer {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Lets clients read to the end of their logs, at most for `graceMs`, then closes everything. */
  close(graceMs: number): Promise<void>;
}

const guard = (
  request: IncomingMessage,
  options: HttpServerOptions,
  authorised: (header: string | undefined) => boolean,
): Problem | undefined => {
  const hosts = request.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts !== 1 || !isOurHost(request.headers.host, options.host, request.socket.localAddress ?? "")) {
    return {
      status: 421,
      code: "wrong-host",
      detail: "The Host header does not name this collector",
      action: "Connect by the address that the collector printed, or by a loopback name or address.",
      close: true,
    };
  }
  if (!authorised(request.headers.authorization)) {
    const given = request.headers.authorization !== undefined;
    return {
      status: 401,
      code: given ? "wrong-token" : "no-token",
      detail: given ? "The token is not the one of this collector" : "The request carries no token",
      action: "Send Authorization: Bearer TOKEN with the token in the collector's token file.",
      headers: { "WWW-Authenticate": `Bearer realm="runglass"${given ? ', error="invalid_token"' : ""}` },
      close: true,
    };
  }
  if (request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined) {
    if (request.headers["content-length"] === "0" || (request.method !== "GET" && request.method !== "HEAD")) return;
    const action = "Send the request without a body.";
    return { status: 400, code: "unexpected-body", detail: "This request takes no body", action, close: true };
  }
  return undefined;
};

const listen = (server: Server, address: string, options: HttpServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => reject(listenError(error, options)));
    server.listen({ host: address, port: options.port }, resolve);
  });

const listenError = (error: unknown, { host, port }: HttpServerOptions): UserError => {
  const where = `cannot listen on ${urlHost(host)}:${port}`;
  switch (errnoOf(error)) {
    case "EADDRINUSE":
      return new UserError(`${where}: the port is in use; choose another one, or 0 for a free one`, 3);
    case "EACCES":
      return new UserError(`${where}: permission denied; ports below 1024 need root, choose a higher one`, 3);
    case "EADDRNOTAVAIL":
      return new UserError(`${where}: this machine does not have that address; use 127.0.0.1`, 2);
    default:
      return new UserError(`${where}: ${messageOf(error)}`, 3);
  }
};

const resolveHost = async (host: string): Promise<string> => {
  // Not left to the resolver: it may answer ::1, and then a client that says 127.0.0.1 finds nobody.
  if (host.toLowerCase() === "localhost") return "127.0.0.1";
  try {
    return (await lookup(host)).address;
  } catch {
    throw new UserError(`cannot listen on ${host}: the name does not resolve; use an address, as 127.0.0.1`, 2);
  }
};

/**
 * Starts the server. An address that other machines can reach is used when it is asked for, with a warning. Throws a
 * `UserError` where it cannot listen.
 */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const warn = options.warn ?? ((): void => undefined);
  const address = await resolveHost(options.host);
  const streams = new Streams(limits.clients, limits.patienceMs);
  const authorised = bearerCheck(options.token);
  const { keepAliveMs, retryMs } = limits;
  const context = { runs: options.runs, version: options.version, streams, turns: new Turns(), keepAliveMs, retryMs };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const problem = guard(request, options, authorised);
    if (problem !== undefined) {
      sendProblem(response, problem);
      return;
    }
    connections.mark(request.socket, true);
    response.once("close", () => connections.mark(request.socket, false));
    try {
      await answer(context, request, response);
    } catch (error) {
      warn(`a client's ${request.method ?? ""} ${request.url ?? ""} ended early: ${messageOf(error)}`);
      response.destroy();
    }
  };

  const server = createServer(
    {
      // A request without a Host gets our answer, with a problem document, and not the empty one of node:http.
      requireHostHeader: false,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
      highWaterMark: 64 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => void handle(request, response),
  );
  // Whatever a client expects of us before it sends a body: there is no body to send, see `guard`.
  server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => void handle(request, response));
  server.maxHeadersCount = 64;
  server.maxRequestsPerSocket = 1_000;
  // Counts time without progress in either direction, on writes too: keep-alive comments are what keeps a stream open.
  server.setTimeout(limits.stallMs, (socket) => socket.destroy());
  server.on("clientError", answerBadRequest);
  server.on("connect", refuseTunnel);
  const connections = limitConnections(server, limits.connections);
  await listen(server, address, options);
  server.on("error", (error) => warn(`the HTTP server: ${messageOf(error)}`));
  const { port } = server.address() as AddressInfo;
  const url = `http://${urlHost(options.host)}:${port}`;
  if (!isLoopbackAddress(address)) {
    warn(
      `${url} can be reached from other machines, and its token and events cross the network unencrypted: ` +
        "prefer 127.0.0.1 and an SSH tunnel",
    );
  }
  return {
    url,
    port,
    close: async (graceMs) => {
      await streams.drain(graceMs);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
};
