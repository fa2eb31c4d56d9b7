// Reads a run's lines for what the meaning of its events depends on, once and then what has come since; and single events of it.
import { decodeLine, isKnownEvent } from "../../../collector/protocol/decode.ts";
import type { RunEvent } from "../../../collector/protocol/events.ts";
import { RunFacts } from "../diff/runFacts.ts";
import { joinSessionCalls } from "../diff/sessionLog.ts";
import type { ToolCall } from "../diff/toolCalls.ts";
import { readHeader } from "../sessions/lineHeader.ts";
import { readChunk, type ChunkLimits, type Cursor, type LineChunk } from "../sessions/lineStore.ts";
import type { RunSession } from "../sessions/runSession.ts";

const LIMITS: ChunkLimits = { maxBytes: 1024 * 1024, maxLines: 5000 };
const NEWLINE = 0x0a;

/** Others are only told apart by their header. */
const READ = new Set(["run.start", "step.start", "step.end", "tool.start", "tool.end", "process.exec", "net.connect"]);
/** Of the changes to files, which can be most of a log, those that tell where the repository is, and what was renamed. */
const TELLING = /"op":"rename"|\/\.git\//;

interface Mark {
  readonly firstSeq: number;
  readonly lines: number;
  readonly cursor: Cursor | undefined;
}

/** Calls `take` with the place of each line in `bytes`, without its line end. */
const eachLine = (bytes: Buffer, take: (from: number, to: number, number: number) => void): void => {
  let number = 0;
  for (let from = 0; from < bytes.length; number += 1) {
    const newline = bytes.indexOf(NEWLINE, from);
    const to = newline === -1 ? bytes.length : newline;
    take(from, to, number);
    from = to + 1;
  }
};

const decode = (bytes: Buffer, from: number, to: number): RunEvent | undefined => {
  const decoded = decodeLine(bytes.toString("utf8", from, to));
  return decoded.ok && isKnownEvent(decoded.event) ? decoded.event : undefined;
};

export class RunReader {
  readonly facts = new RunFacts();
  readonly #session: RunSession;
  #sessionCalls: readonly ToolCall[] = [];
  readonly #marks: Mark[] = [];
  #cursor: Cursor | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(session: RunSession) {
    this.#session = session;
  }

  /** Takes in all that the run has by now. */
  async update(): Promise<void> {
    // What could not be read is tried again.
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#readOn());
    await this.#reading;
  }

  /** What the session's log says of the run's calls, also of those that come later. @returns how many of them it knows by now */
  async useSessionCalls(calls: readonly ToolCall[]): Promise<number> {
    this.#sessionCalls = calls;
    await this.update();
    return joinSessionCalls(this.facts, calls);
  }

  /** The event with this seq, where it has come and is one that this version knows. */
  async event(seq: number): Promise<RunEvent | undefined> {
    const mark = this.#marks.findLast(({ firstSeq }) => firstSeq <= seq);
    if (mark === undefined || seq >= mark.firstSeq + mark.lines) return undefined;
    const chunk = await this.#read(mark);
    if (chunk === undefined) return undefined;
    const bytes = Buffer.from(chunk.bytes);
    let found: RunEvent | undefined;
    eachLine(bytes, (from, to, number) => {
      if (mark.firstSeq + number === seq) found = decode(bytes, from, to);
    });
    return found?.seq === seq ? found : undefined;
  }

  /** The event of a row: of a process that is the last program that it ran, as the row shows it. */
  async eventOfRow(seq: number): Promise<RunEvent | undefined> {
    const event = await this.event(seq);
    if (event?.type !== "process.exec") return event;
    const last = this.facts.lastExec(event.exec.id);
    return last === undefined ? event : { ...event, seq: last.seq, exec: last.exec };
  }

  /** The events behind `after` of the types that `wants` holds of, in their order. */
  async *events(after: number, wants: (type: string) => boolean): AsyncGenerator<RunEvent> {
    for (const mark of this.#marks) {
      if (mark.firstSeq + mark.lines <= after + 1) continue;
      const chunk = await this.#read(mark);
      if (chunk === undefined) return;
      const bytes = Buffer.from(chunk.bytes);
      const found: RunEvent[] = [];
      eachLine(bytes, (from, to) => {
        const header = readHeader(bytes, from, to);
        if (!header.ok || header.seq <= after || !wants(header.type)) return;
        const event = decode(bytes, from, to);
        if (event !== undefined) found.push(event);
      });
      yield* found;
    }
  }

  /** The lines of a mark again, and none that have come since. */
  #read({ cursor, lines }: Mark): Promise<LineChunk | undefined> {
    return readChunk(this.#session.store, cursor, { maxBytes: LIMITS.maxBytes, maxLines: lines });
  }

  async #readOn(): Promise<void> {
    const calls = this.facts.tools.length;
    await this.#readAll();
    if (this.#sessionCalls.length > 0 && this.facts.tools.length > calls) {
      joinSessionCalls(this.facts, this.#sessionCalls);
    }
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const cursor = this.#cursor;
      const chunk = await readChunk(this.#session.store, cursor, LIMITS);
      if (chunk === undefined) return;
      this.#marks.push({ firstSeq: chunk.firstSeq, lines: chunk.lines, cursor });
      this.#cursor = chunk.next;
      const bytes = Buffer.from(chunk.bytes);
      eachLine(bytes, (from, to) => this.#take(bytes, from, to));
    }
  }

  #take(bytes: Buffer, from: number, to: number): void {
    const header = readHeader(bytes, from, to);
    if (!header.ok) return;
    const isTelling = header.type === "file.write" && TELLING.test(bytes.toString("latin1", from, to));
    const event = isTelling || READ.has(header.type) ? decode(bytes, from, to) : undefined;
    if (event !== undefined) this.facts.take(event);
  }
}
