// Exports the lines of a run, read from their file once. Of the run it knows nothing but this file; so it can be done on a thread
// of its own, where it holds up nobody. Knows no VS Code.
import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import type { RunEvent, UnknownEvent } from "../../../collector/protocol/events.ts";
import { LogVerifier, type Verification } from "../../../collector/report/logVerifier.ts";
import { runReport, type ReportEnd } from "../../../collector/report/runReport.ts";
import type { ExportFormat } from "./exportFormats.ts";

export interface ExportJob {
  readonly format: ExportFormat;
  /** The file with the lines, and how many of its bytes are exported: it may grow meanwhile. */
  readonly source: string;
  readonly bytes: number;
  /** A new file. */
  readonly target: string;
  /** Name of the log in what is written. */
  readonly name: string;
  /** What is to be known of the run before all else, in a sentence. */
  readonly notice?: string;
  /** Of Runglass. */
  readonly version: string;
}

export interface Exported {
  readonly events: number;
  readonly verification: Verification;
  /** What is wrong with the lines, in a sentence part. */
  readonly damage: string | undefined;
}

export interface ExportHooks {
  /** Called with the bytes of the log that are done. */
  readonly onProgress: (done: number) => void;
  readonly places?: ReportEnd["places"];
}

const NEWLINE = 0x0a;
const BLOCK_BYTES = 1 << 20;
/** A longer line is no event of ours; reading it would take memory without a bound. */
const LONGEST_LINE = 8 << 20;

/** Reads the lines for their events, and takes those in order that are some, as all who show the run do. */
class LineReader {
  readonly verifier = new LogVerifier(() => createHash("sha256"));
  readonly #take: (event: RunEvent | UnknownEvent) => void;
  events = 0;
  unreadable = 0;
  missing = 0;
  cutLine: number | undefined;
  isUnterminated = false;
  isEnded = false;
  #line = 0;
  #lastSeq = 0;
  #broken: { readonly line: number; readonly reason: string } | undefined;

  constructor(take: (event: RunEvent | UnknownEvent) => void) {
    this.#take = take;
  }

  /** `isWhole`: it ends with a line end, which is a part of `bytes`. */
  line(bytes: Buffer, isWhole: boolean): void {
    this.#line += 1;
    const text = bytes.toString("utf8").replace(/\r?\n$/, "");
    // An empty line is nothing.
    if (text === "") return this.#break("the line is empty");
    const decoded = decodeLine(text);
    if (!decoded.ok) {
      if (!isWhole) this.cutLine = this.#line;
      else {
        this.unreadable += 1;
        this.#break(decoded.reason);
      }
      return;
    }
    this.isUnterminated = !isWhole;
    const { event } = decoded;
    if (event.seq <= this.#lastSeq) {
      this.unreadable += 1;
      return this.#break(`event ${event.seq} stands after event ${this.#lastSeq}`);
    }
    if (event.seq > this.#lastSeq + 1) {
      this.missing += event.seq - this.#lastSeq - 1;
      this.#break(`the events before ${event.seq} are missing`);
    }
    this.#lastSeq = event.seq;
    if (this.#broken === undefined) this.verifier.take(event, bytes);
    this.events += 1;
    if (event.type === "run.end") this.isEnded = true;
    this.#take(event);
  }

  /** A line that is too long to be looked at. */
  tooLong(): void {
    this.#line += 1;
    this.unreadable += 1;
    this.#break("the line is too long");
  }

  get verification(): Verification {
    if (this.#broken !== undefined) return this.verifier.broken(this.#broken.line, this.#broken.reason);
    return this.verifier.finish({ unterminated: this.isUnterminated, cutLine: this.cutLine });
  }

  get damage(): string | undefined {
    const parts = [
      this.missing > 0 ? `${this.missing} ${this.missing === 1 ? "event" : "events"} missing` : "",
      this.unreadable > 0 ? `${this.unreadable} ${this.unreadable === 1 ? "line" : "lines"} unreadable` : "",
    ].filter((part) => part !== "");
    return parts.length === 0 ? undefined : parts.join(", ");
  }

  #break(reason: string): void {
    this.#broken ??= { line: this.#line, reason };
  }
}

/** Calls for each block of the file's first `bytes` bytes. */
const readBlocks = async (
  file: FileHandle,
  bytes: number,
  take: (block: Buffer, done: number) => Promise<void>,
): Promise<void> => {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  for (let at = 0; at < bytes;) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, bytes - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    await take(block.subarray(0, bytesRead), at);
  }
};

/** Cuts blocks into lines. */
const lineCutter = (reader: LineReader): { take(block: Buffer): void; end(): void } => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isSkipping = false;
  const hold = (part: Buffer): void => {
    if (part.length === 0 || isSkipping) return;
    // The block is used again.
    held.push(Buffer.from(part));
    heldBytes += part.length;
    if (heldBytes <= LONGEST_LINE) return;
    [held, heldBytes, isSkipping] = [[], 0, true];
    reader.tooLong();
  };
  return {
    take(block) {
      let from = 0;
      for (let newline = block.indexOf(NEWLINE); newline !== -1; newline = block.indexOf(NEWLINE, from)) {
        const part = block.subarray(from, newline + 1);
        if (isSkipping) isSkipping = false;
        else reader.line(held.length === 0 ? part : Buffer.concat([...held, part]), true);
        [held, heldBytes, from] = [[], 0, newline + 1];
      }
      hold(block.subarray(from));
    },
    end() {
      if (held.length > 0) reader.line(Buffer.concat(held), false);
    },
  };
};

const noticeOf = ({ notice }: ExportJob, { damage, isEnded }: LineReader): string | undefined => {
  const sentences = [
    notice ?? "",
    damage === undefined ? "" : `The log is damaged: ${damage}.`,
    isEnded ? "" : "The log has no run.end: the run went on when this was written, or the log was cut off.",
  ].filter((sentence) => sentence !== "");
  return sentences.length === 0 ? undefined : sentences.join(" ");
};

/** Writes the target; what was begun of it stays there where this throws. */
export const exportLines = async (job: ExportJob, { onProgress, places }: ExportHooks): Promise<Exported> => {
  const { format, source, bytes, target, name, version } = job;
  const input = await open(source, "r");
  try {
    // Only the user's own: command lines are private.
    const output = await open(target, "wx", 0o600);
    try {
      let pending: string[] = [];
      const flush = async (): Promise<void> => {
        const text = pending.join("");
        pending = [];
        if (text !== "") await output.writeFile(text);
      };
      const report = format === "ndjson" ? undefined : runReport(format, version, (text) => pending.push(text));
      const reader = new LineReader((event) => report?.take(event));
      const cutter = lineCutter(reader);
      await readBlocks(input, bytes, async (block, done) => {
        if (report === undefined) await output.writeFile(block);
        cutter.take(block);
        await flush();
        onProgress(done);
      });
      cutter.end();
      const { verification, damage, events } = reader;
      await report?.finish({ file: name, notice: noticeOf(job, reader), verification, places, drained: flush });
      await flush();
      return { events, verification, damage };
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
};
