// Where a client wants the event stream to start.
import type { IncomingMessage } from "node:http";
import type { ReadableLog } from "../log/readableLog.ts";
import type { Problem } from "./problem.ts";

export type ResumePoint = { readonly after: number } | { readonly problem: Problem };

const parseSeq = (text: string): number | undefined => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
};

/**
 * The seq after which to go on: `Last-Event-ID`, else `?after=`, else 0 for the whole run. The header goes first: an
 * EventSource that reconnects sends it to the URL that it was made with, and knows better by then.
 */
export const resumePoint = (request: IncomingMessage, query: URLSearchParams, log: ReadableLog): ResumePoint => {
  const header = request.headers["last-event-id"];
  const fromHeader = typeof header === "string" && header !== "";
  const name = fromHeader ? "Last-Event-ID" : "after";
  const given = fromHeader ? [header] : query.getAll("after");
  if (given.length === 0) return { after: 0 };
  const after = given.length === 1 ? parseSeq(given[0] ?? "") : undefined;
  if (after === undefined) {
    const detail = `${name} is not the seq of an event`;
    const action = `Give ${name} once, as a whole number: the "id" of the last event that was received, or 0.`;
    return { problem: { status: 400, code: "bad-resume-point", detail, action } };
  }
  if (after > log.reachableSeq) {
    const detail = `${name} is ${after}, and the last event of this run is ${log.reachableSeq}`;
    const action = "This is not the log that was read before: drop what was received and start without it.";
    return { problem: { status: 400, code: "resume-point-past-end", detail, action } };
  }
  return { after };
};
