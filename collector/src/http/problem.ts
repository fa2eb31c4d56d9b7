// Errors as problem documents (RFC 9457): what is wrong, and what to do about it.
import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from "node:http";

export interface Problem {
  readonly status: number;
  /** A short name that programs can compare. */
  readonly code: string;
  /** What is wrong, and where. */
  readonly detail: string;
  /** What to do. */
  readonly action: string;
  readonly headers?: OutgoingHttpHeaders;
  /** The connection cannot be used on, as unread bytes of this request may follow. */
  readonly close?: boolean;
}

/** Said with every response: nothing here is for caches, for sniffing, or for other sites' pages. */
export const COMMON_HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
} as const;

/** The document's JSON. */
export const problemBody = (problem: Problem): string =>
  `${JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[problem.status] ?? "Error",
    status: problem.status,
    detail: problem.detail,
    action: problem.action,
    code: problem.code,
  })}\n`;

/** Ends `response` with the problem. */
export const sendProblem = (response: ServerResponse, problem: Problem): void => {
  const body = problemBody(problem);
  response.writeHead(problem.status, {
    ...COMMON_HEADERS,
    ...problem.headers,
    ...(problem.close === true ? { Connection: "close" } : {}),
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
};
