// Turns what fetch and HTTP say into the one failure a person can act on.
import type { Failure } from "../errors.ts";
import { boundedText } from "./boundedText.ts";
import {
  notACollector,
  redirected,
  runGone,
  serverFailed,
  signInAsked,
  tlsRefused,
  unreachable,
  wrongHost,
  wrongToken,
} from "../errors.ts";
import { isTlsCode, oneLine } from "../requestErrors.ts";

/** The innermost cause with a code says most: fetch wraps it in "fetch failed". */
const innermost = (error: unknown): { readonly code: string; readonly message: string; readonly name: string } => {
  let code = "";
  let message = "";
  let name = "";
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < 5; depth += 1) {
    const own = (at as { code?: unknown }).code;
    if (typeof own === "string" && own !== "") code = own;
    if (at.message !== "") message = at.message;
    name = at.name;
    at = at.cause ?? (at instanceof AggregateError ? (at.errors as unknown[])[0] : undefined);
  }
  return { code, message, name };
};

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name can't be resolved now",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_SOCKET: "connection closed",
};

/** A request that got no HTTP answer. */
export const failureOfError = (origin: string, error: unknown): Failure => {
  const { code, message, name } = innermost(error);
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/.test(code)) return tlsRefused(origin, "what answers speaks no TLS");
  if (isTlsCode(code)) return tlsRefused(origin, code);
  if (code.startsWith("HPE_") || name === "HTTPParserError") return notACollector(origin, "no HTTP");
  if (error instanceof Error && error.name === "TimeoutError") return unreachable(origin, "no answer in time");
  const words = plainWords[code];
  return unreachable(origin, words === undefined ? oneLine(code === "" ? message : `${code}: ${message}`) : words);
};

/** Only a collector's own errors are problem documents; a tunnel's or proxy's are pages of its own. */
const isProblem = (answer: Response): boolean =>
  /^application\/problem\+json\b/i.test(answer.headers.get("content-type") ?? "");

const LONGEST_PROBLEM = 10_000;

interface Problem {
  readonly code: string;
  readonly detail: string;
}

const readProblem = async (answer: Response): Promise<Problem> => {
  try {
    const problem = JSON.parse(await boundedText(answer, LONGEST_PROBLEM)) as Readonly<Record<string, unknown>>;
    const text = (name: string): string => (typeof problem[name] === "string" ? oneLine(problem[name]) : "");
    return { code: text("code"), detail: text("detail") === "" ? text("title") : text("detail") };
  } catch {
    return { code: "", detail: "" };
  }
};

/**
 * An HTTP answer other than the wanted one. `run` is the run that was asked for, where one was. A 404 that is not the
 * collector's own may be a tunnel whose other end is away for a moment, so it is worth another try.
 */
export const failureOfAnswer = async (origin: string, answer: Response, run?: string): Promise<Failure> => {
  const { status } = answer;
  const own = isProblem(answer);
  const { code, detail } = own ? await readProblem(answer) : { code: "", detail: "" };
  if (status === 401 || status === 403) return own ? wrongToken(origin) : signInAsked(origin);
  if (status === 421) return wrongHost(origin);
  if (run !== undefined && (code === "resume-point-past-end" || (status === 404 && own))) return runGone(origin, run);
  if (status === 404 && run !== undefined) return serverFailed(origin, status, "not from the collector");
  if (status >= 300 && status < 400) {
    return redirected(origin, oneLine(answer.headers.get("location") ?? "another address"));
  }
  if (status === 408 || status === 429 || status >= 500) return serverFailed(origin, status, detail);
  return notACollector(origin, `HTTP status ${status}${detail === "" ? "" : `: ${detail}`}`);
};
