// Answers what is not even a request, as far as its connection still takes an answer.
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errnoOf } from "../log/fileAccess.ts";
import { COMMON_HEADERS, problemBody, type Problem } from "./problem.ts";

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

/** The `clientError` listener: one problem document, then the connection is closed. */
export const answerBadRequest = (error: Error, socket: Duplex): void => {
  // Bytes already sent mean that a response is under way; nothing may be put into the middle of it.
  const sent = "bytesWritten" in socket && socket.bytesWritten !== 0;
  if (!socket.writable || sent || errnoOf(error) === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const problem = problemFor(errnoOf(error));
  const body = problemBody(problem);
  const headers = {
    ...COMMON_HEADERS,
    Connection: "close",
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
};
