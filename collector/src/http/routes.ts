// What the server answers: one authorised GET or HEAD at a time to the four resources of the contract.
import type { IncomingMessage, ServerResponse } from "node:http";
import { PROTOCOL_VERSION } from "../../protocol/events.ts";
import type { ReadableLog } from "../log/readableLog.ts";
import { eventStreamHeaders, streamEvents } from "./eventStream.ts";
import { sendLog } from "./logDownload.ts";
import { COMMON_HEADERS, sendProblem, type Problem } from "./problem.ts";
import { resumePoint } from "./resumePoint.ts";
import type { Streams } from "./streams.ts";
import type { Turns } from "./turns.ts";

/** A run that the server offers. */
export interface ServedRun {
  /** In the path of its resources. */
  readonly id: string;
  readonly title: string;
  /** Of the workflow run, whose id stays the same when it is run again. */
  readonly attempt?: number | undefined;
  readonly log: ReadableLog;
}

export interface RouteContext {
  readonly runs: () => readonly ServedRun[];
  readonly version: string;
  readonly streams: Streams;
  readonly turns: Turns;
  readonly keepAliveMs: number;
  readonly retryMs: number;
}

const sendJson = (request: IncomingMessage, response: ServerResponse, value: unknown): void => {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(200, {
    ...COMMON_HEADERS,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
};

/**
 * One entry of GET /v1/runs: `state` is "live" while events may follow, else "ended"; `lastSeq` is the last to read; `attempt`
 * is there where it is known.
 */
const describeRun = (run: ServedRun): unknown => {
  const path = `/v1/runs/${encodeURIComponent(run.id)}`;
  const state = run.log.ended ? "ended" : "live";
  const { seq: lastSeq } = run.log.published;
  const { id, title, attempt } = run;
  return { id, title, attempt, state, lastSeq, events: `${path}/events`, log: `${path}/log` };
};

const notFound = (detail: string): Problem => ({
  status: 404,
  code: "not-found",
  detail,
  action: "GET /v1/runs lists the runs and the paths of their events and logs.",
});

const tooManyStreams: Problem = {
  status: 503,
  code: "too-many-clients",
  detail: "As many clients as this collector serves at a time are reading already",
  action: "Close one of them, or try again later.",
  headers: { "Retry-After": 5 },
};

/** Answers with a long response; resolves when it is over. */
const stream = async (
  context: RouteContext,
  response: ServerResponse,
  resumed: boolean,
  body: () => Promise<boolean>,
): Promise<void> => {
  if (!context.streams.makeRoom()) {
    sendProblem(response, tooManyStreams);
    return;
  }
  context.streams.start(response, resumed);
  let whole = false;
  try {
    whole = await body();
  } finally {
    context.streams.finish(response, whole);
  }
};

const answerEvents = async (
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
  run: ServedRun,
  query: URLSearchParams,
): Promise<void> => {
  const from = resumePoint(request, query, run.log);
  if ("problem" in from) {
    sendProblem(response, from.problem);
    return;
  }
  const { after } = from;
  if (run.log.ended && after >= run.log.published.seq) {
    // The client has it all; 204 is how an EventSource is told not to come back.
    response.writeHead(204, COMMON_HEADERS);
    response.end();
    return;
  }
  if (request.method === "HEAD") {
    response.writeHead(200, eventStreamHeaders);
    response.end();
    return;
  }
  const { log } = run;
  const { streams, turns, keepAliveMs, retryMs } = context;
  const options = { log, after, streams, turns, keepAliveMs, retryMs };
  await stream(context, response, after > 0, () => streamEvents(response, options));
};

const answerRun = async (
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
  [encodedId = "", what = ""]: readonly string[],
  query: URLSearchParams,
): Promise<void> => {
  const id = decodeSegment(encodedId);
  const run = context.runs().find((candidate) => candidate.id === id);
  if (run === undefined) {
    sendProblem(response, notFound("There is no run of this name here"));
  } else if (what === "events") {
    await answerEvents(context, request, response, run, query);
  } else if (request.method === "HEAD") {
    await sendLog(response, run.log, true);
  } else {
    await stream(context, response, false, () => sendLog(response, run.log, false));
  }
};

/** Answers a request that has been found authorised and meant for us; resolves when the response is over or under way. */
export const answer = async (
  context: RouteContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [path = "", search = ""] = splitOnce(request.url ?? "", "?");
  const run = /^\/v1\/runs\/([^/]+)\/(events|log)$/.exec(path);
  if (run === null && path !== "/v1/health" && path !== "/v1/runs") {
    sendProblem(response, notFound("There is nothing at this path"));
    return;
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    sendProblem(response, {
      status: 405,
      code: "method-not-allowed",
      detail: `${request.method ?? "This method"} is not something this path does`,
      action: "Use GET or HEAD.",
      headers: { Allow: "GET, HEAD" },
      close: true,
    });
    return;
  }
  if (run !== null) {
    await answerRun(context, request, response, run.slice(1), new URLSearchParams(search));
  } else if (path === "/v1/runs") {
    sendJson(request, response, { runs: context.runs().map(describeRun) });
  } else {
    const { version, streams } = context;
    const runs = context.runs().length;
    sendJson(request, response, { status: "ok", version, protocol: PROTOCOL_VERSION, runs, clients: streams.open });
  }
};

const decodeSegment = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
};

const splitOnce = (text: string, separator: string): readonly string[] => {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
};
