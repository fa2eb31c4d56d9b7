// Reads a whole log once, in bounded memory, and trusts nothing in it: each line must be an event of version 1, numbered
// on from the line before.
import { isUtf8 } from "node:buffer";
import { decodeLine } from "../../protocol/decode.ts";
import type { RunEvent, UnknownEvent } from "../../protocol/events.ts";
import { UserError } from "../errors.ts";
import { MAX_LINE_BYTES } from "./cursor.ts";
import { readFully } from "./fileAccess.ts";
import { NEWLINE } from "./newlines.ts";
import type { OpenFile } from "./openLogFile.ts";

export interface Scanned {
  /** Events read; also the seq of the last of them. */
  readonly events: number;
  /** Bytes of the whole lines. */
  readonly bytes: number;
  /** The last line is whole, but its line end is missing. */
  readonly unterminated: boolean;
  /** The number of a line that is cut off at the very end, and left out. */
  readonly cutLine: number | undefined;
  /** What is wrong with the end of the log, in a sentence for the user; undefined for a log that ends with its run. */
  readonly notice: string | undefined;
}

export interface LogVisitor {
  /** Called for each event in order. */
  onEvent?(event: RunEvent | UnknownEvent): void;
  /** The same, with the bytes of its line and of its line end; they are valid during the call. */
  onLine?(event: RunEvent | UnknownEvent, bytes: Buffer): void;
  /** Called now and then between lines, with the seq before and the offset of the line after; reading waits for it. */
  onPosition?(seq: number, offset: number): void | Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

/** A problem of one line; `newer` ones are not damage and are never taken for a cut-off end. */
type LineProblem = { readonly reason: string; readonly newer: boolean };

/** The first line of a log that is no event, or not the one that should stand there. */
export class BadLineError extends UserError {
  readonly line: number;
  readonly problem: LineProblem;

  constructor(path: string, line: number, problem: LineProblem) {
    const { reason } = problem;
    const before = line === 2 ? "line" : `${line - 1} lines`;
    const rescue = `to use the ${before} before it: head -n ${line - 1} FILE > NEW`;
    const remedy = problem.newer ? "" : "; name the .ndjson file of a run, unpacked where it was packed";
    const notALog = `${path} is not a run log that can be read: line 1: ${reason}${remedy}`;
    super(line === 1 ? notALog : `${path}, line ${line}: ${reason} (${rescue})`, 2);
    this.line = line;
    this.problem = problem;
  }
}

const damaged = (path: string, line: number, reason: string): BadLineError =>
  new BadLineError(path, line, { reason, newer: false });

/** Checks one line and gives its event to the visitor; returns what is wrong with it. */
const takeLine = (line: string, seq: number, bytes: Buffer, visitor: LogVisitor): LineProblem | undefined => {
  if (line === "") return { reason: "the line is empty", newer: false };
  const decoded = decodeLine(line);
  if (!decoded.ok) return { reason: decoded.reason, newer: decoded.reason.includes("update Runglass") };
  const { event } = decoded;
  if (event.seq !== seq) {
    return { reason: `its seq is ${event.seq} and should be ${seq}: lines are missing or out of order`, newer: false };
  }
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f]/.test(event.type)) return { reason: 'field "type" holds a control character', newer: false };
  visitor.onEvent?.(event);
  visitor.onLine?.(event, bytes);
  return undefined;
};

/** Where the first line of `bytes` that is not UTF-8 starts. */
const firstNonUtf8Line = (bytes: Buffer): number => {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end === -1 ? bytes.length : end;
    if (!isUtf8(bytes.subarray(from, to))) return from;
    from = to + 1;
  }
  return bytes.length;
};

/**
 * Reads the log and tells `visitor` of its events. A line cut off at the very end is left out and told of in `notice`.
 * Throws a `UserError` that names the first bad line, why it is bad and what to do.
 */
export const scanLog = async (file: OpenFile, visitor: LogVisitor): Promise<Scanned> => {
  let buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let held = 0;
  let offset = 0;
  let seq = 0;
  let lastType = "";
  const noting: LogVisitor = {
    onEvent: (event) => {
      lastType = event.type;
      visitor.onEvent?.(event);
    },
    onLine: (event, bytes) => visitor.onLine?.(event, bytes),
  };
  const wantsBytes = visitor.onLine !== undefined;

  /** Takes the whole lines of `bytes`, which ends with one. */
  const takeLines = (bytes: Buffer): void => {
    const valid = isUtf8(bytes) ? bytes.length : firstNonUtf8Line(bytes);
    const lines = bytes.toString("utf8", 0, valid).split("\n");
    lines.pop();
    let from = 0;
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      const end = wantsBytes ? bytes.indexOf(NEWLINE, from) + 1 : 0;
      const problem = takeLine(line, seq + 1, bytes.subarray(from, end), noting);
      if (problem !== undefined) throw new BadLineError(file.path, seq + 1, problem);
      seq += 1;
      from = end;
    }
    if (valid < bytes.length) throw damaged(file.path, seq + 1, "the line is not UTF-8 text");
  };

  for (let at = 0; at < file.size;) {
    if (held === buffer.length) {
      if (held >= MAX_LINE_BYTES) throw damaged(file.path, seq + 1, "the line is longer than 4 MiB");
      buffer = Buffer.concat([buffer], Math.min(held * 4, MAX_LINE_BYTES));
    }
    const got = await readFully(file.fd, buffer.subarray(held, Math.min(buffer.length, held + file.size - at)), at);
    if (got === 0) break;
    at += got;
    held += got;
    const end = buffer.subarray(0, held).lastIndexOf(NEWLINE) + 1;
    if (end === 0) continue;
    takeLines(buffer.subarray(0, end));
    offset += end;
    await visitor.onPosition?.(seq, offset);
    buffer.copyWithin(0, end, held);
    held -= end;
  }

  const tail = buffer.subarray(0, held);
  const done = { events: seq, bytes: offset, unterminated: false, cutLine: undefined };
  if (held === 0) return { ...done, notice: endNotice(file.path, seq, lastType) };
  const text = tail.toString("utf8");
  const problem = isUtf8(tail)
    ? takeLine(text.replace(/\r$/, ""), seq + 1, tail, noting)
    : { reason: "the line is not UTF-8 text", newer: false };
  if (problem === undefined) {
    return {
      events: seq + 1,
      bytes: offset + held,
      unterminated: true,
      cutLine: undefined,
      notice: endNotice(file.path, seq + 1, lastType),
    };
  }
  if (seq === 0 || problem.newer) throw new BadLineError(file.path, seq + 1, problem);
  const notice = `${file.path} is cut off in line ${seq + 1}: using ${eventsUsed(seq)} before it`;
  return { ...done, cutLine: seq + 1, notice };
};

const eventsUsed = (n: number): string => (n === 1 ? "the one event" : `the ${n} events`);

const endNotice = (path: string, events: number, lastType: string): string | undefined =>
  lastType === "run.end"
    ? undefined
    : `${path} has no run.end: the recording was cut off or still goes on; using ${eventsUsed(events)} in it`;
