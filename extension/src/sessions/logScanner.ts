// Checks the lines of a run as they come, live or from a file, and keeps where the readable ones stand.
import type { Extent } from "./lineStore.ts";
import { readHeader } from "./lineHeader.ts";
import { SummaryBuilder } from "./runSummary.ts";

/** What is wrong with a run's lines so far. */
export interface Damage {
  /** Line numbers count from 1. */
  readonly firstLine: number;
  readonly firstReason: string;
  readonly newer: boolean;
  /** Lines that could not be read. */
  unreadable: number;
  /** Events that are missing between others. */
  missing: number;
}

/** A log with more breaks than this is not worth reading on: each costs memory. */
const MAX_EXTENTS = 1000;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export class LogScanner {
  readonly extents: Extent[] = [];
  readonly summary = new SummaryBuilder();
  damage: Damage | undefined;
  /** seq of the last good line; 0 before the first. */
  lastSeq = 0;
  #line = 0;

  /** Takes nothing behind the first thing wrong, so that `lastSeq` is where to ask the sender again from. */
  stopAtDamage = false;

  /** Too broken to go on. */
  get hopeless(): boolean {
    if (this.stopAtDamage && this.damage !== undefined) return true;
    return this.extents.length >= MAX_EXTENTS || (this.damage !== undefined && this.damage.unreadable > MAX_EXTENTS);
  }

  /**
   * Takes whole lines; `bytes` ends with a line end, or is the last line of a file. `position` is where they stand in the
   * store.
   */
  feed(bytes: Buffer, position: number): void {
    for (let from = 0; from < bytes.length && !this.hopeless;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const next = newline === -1 ? bytes.length : newline + 1;
      let to = newline === -1 ? bytes.length : newline;
      if (to > from && bytes[to - 1] === CARRIAGE_RETURN) to -= 1;
      this.#line += 1;
      // An empty line is nothing, but the page would not expect it: the readable part goes on behind it.
      if (to > from) this.#takeLine(bytes, from, to, position + from, position + next);
      from = next;
    }
  }

  /** Notes something wrong that is not in a whole line. */
  note(reason: string, newer = false): void {
    if (this.damage === undefined) {
      this.damage = { firstLine: this.#line, firstReason: reason, newer, unreadable: 1, missing: 0 };
    } else this.damage.unreadable += 1;
  }

  #takeLine(bytes: Buffer, from: number, to: number, start: number, end: number): void {
    const header = readHeader(bytes, from, to);
    if (!header.ok) {
      this.note(header.reason, header.newer);
      return;
    }
    const { seq } = header;
    if (seq <= this.lastSeq) {
      this.note(`event ${seq} stands after event ${this.lastSeq}`);
      return;
    }
    const missing = seq - this.lastSeq - 1;
    if (missing > 0) {
      this.#noteMissing(missing, seq);
      if (this.stopAtDamage) return;
    }
    const last = this.extents.at(-1);
    if (last !== undefined && missing === 0 && last.end === start) last.end = end;
    else this.extents.push({ start, end, firstSeq: seq });
    this.lastSeq = seq;
    this.summary.take(header.type, header.t, () => bytes.toString("utf8", from, to));
  }

  #noteMissing(missing: number, seq: number): void {
    const reason = missing === 1 ? `event ${seq - 1} is missing` : `events ${seq - missing} to ${seq - 1} are missing`;
    this.damage ??= { firstLine: this.#line, firstReason: reason, newer: false, unreadable: 0, missing: 0 };
    this.damage.missing += missing;
  }
}

/** One sentence part that says all that is wrong. */
export const describeDamage = (damage: Damage): string => {
  const counted = [
    damage.missing > 0 ? `${damage.missing} ${damage.missing === 1 ? "event" : "events"} missing` : "",
    damage.unreadable > 0 ? `${damage.unreadable} ${damage.unreadable === 1 ? "line" : "lines"} unreadable` : "",
  ].filter((part) => part !== "");
  return `${counted.join(", ")} (first: line ${damage.firstLine}, ${damage.firstReason})`;
};
