// Answers what is not even a request, as far as its connection still takes an answer.
import { STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { errnoOf } from "../log/fileAccess.ts";
import { COMMON_HEADERS, problemBody, type Problem } from "./problem.ts";

/** How long a connection that was refused may take to read why. */
const LINGER_MS = 2_000;

const problemFor = (code: string | undefined): Problem => {
  if (code === "HPE_HEADER_OVERFLOW") {
    const detail = "The request's headers are too large";
    return { status: 431, code: "headers-too-large", detail, action: "Send fewer or shorter headers." };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const detail = "The request did not arrive in time";
    return { status: 408, code: "request-timeout", detail, action: "Send it again." };
  }
  const detail = "This is not an HTTP/1.1 request that can be read";
  return { status: 400, code: "bad-request", detail, action: "Use an HTTP client with a plain http:// URL." };
};

const endWith = (socket: Duplex, problem: Problem): void => {
  const body = problemBody(problem);
  const headers = {
    ...COMMON_HEADERS,
    ...problem.headers,
    Connection: "close",
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
};

/** The `clientError` listener: one problem document, then the connection is closed. */
export const answerBadRequest = (error: Error, socket: Duplex): void => {
  // Bytes already sent mean that a response is under way; nothing may be put into the middle of it.
  const sent = "bytesWritten" in socket && socket.bytesWritten !== 0;
  if (!socket.writable || sent || errnoOf(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  endWith(socket, problemFor(errnoOf(error)));
};

/** The `connect` listener: node:http gives up a connection without a word that wants to become a tunnel. */
export const refuseTunnel = (_request: IncomingMessage, socket: Duplex): void => {
  socket.on("error", () => undefined); // It went away; nothing is owed to it.
  const detail = "The collector is no proxy: CONNECT is not one of its methods";
  const action = "Use GET or HEAD, and keep the collector's address out of proxy settings (NO_PROXY).";
  socket.resume(); // What it sends is read away, so that it can end.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
  endWith(socket, { status: 405, code: "method-not-allowed", detail, action, headers: { Allow: "GET, HEAD" } });
};
