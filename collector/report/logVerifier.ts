// How far a log is as it was written, found while something else reads it: give it each line, and the end. Pure: who reads the log
// brings the hash.
import type { RunEvent, UnknownEvent } from "../protocol/events.ts";
import { SealCheck, type LineHash } from "../protocol/sealCheck.ts";

const NEWLINE = 0x0a;

/** How the reading of a log ended. */
export interface LogEnd {
  /** The last line is whole, but its line end is missing. */
  readonly unterminated: boolean;
  /** The number of a line that is cut off at the very end, and left out. */
  readonly cutLine: number | undefined;
}

/** How far a log holds. */
export type Verdict =
  /** From its first line to its `run.end`. */
  | "whole"
  /** It ends in the middle of its run: cut off, or still being written. */
  | "cut"
  /** A line was altered, added, removed or moved. */
  | "broken"
  /** Nothing shows whether it was altered. */
  | "unsealed";

export interface Verification {
  readonly verdict: Verdict;
  /** Lines that are events in order; where the log is broken, those before the line at which it is. */
  readonly lines: number;
  readonly seals: number;
  /** The last line that is known to be as it was written; 0 for none. */
  readonly sealedTo: number;
  /** The hash of the last seal that holds. */
  readonly lastSeal: string | undefined;
  /** Where and how it is broken or cut. */
  readonly problem: { readonly line: number; readonly reason: string } | undefined;
  /** The line of the seal that was asked for, where the log has it and holds up to there. */
  readonly soughtLine: number | undefined;
}

const problemOfEnd = (lines: number, ended: boolean, scanned: LogEnd): Verification["problem"] => {
  const { cutLine, unterminated } = scanned;
  if (cutLine !== undefined) return { line: cutLine, reason: "the line is cut off" };
  if (unterminated) return { line: lines, reason: "the line end is missing: the line is cut off" };
  return ended ? undefined : { line: lines, reason: "no run.end follows: cut off here, or the run goes on" };
};

/** Checks a log while something else reads it: give it each line, and the end. */
export class LogVerifier {
  readonly #check: SealCheck;
  readonly #sought: string | undefined;
  #soughtLine: number | undefined;
  #lines = 0;
  #lastType = "";

  /** `newHash` begins a SHA-256; `sought` is the hash of a seal that is looked for. */
  constructor(newHash: () => LineHash, sought?: string) {
    this.#check = new SealCheck(newHash);
    this.#sought = sought;
  }

  /** Takes the next line, with the bytes of its line and of its line end. False where it breaks the log, or one before it did. */
  take(event: RunEvent | UnknownEvent, bytes: Uint8Array): boolean {
    const check = this.#check;
    check.take(event, bytes);
    // A last line whose line end is missing does not fit its seal either, and is told of as what it is: cut off.
    if (check.broken !== undefined && bytes.at(-1) === NEWLINE) return false;
    this.#lines = event.seq;
    this.#lastType = event.type;
    if (this.#sought !== undefined && check.lastSeal === this.#sought) this.#soughtLine ??= check.sealedTo;
    return true;
  }

  /** What came of it, after the last line. */
  finish(scanned: LogEnd): Verification {
    const check = this.#check;
    const isSealed = check.seals > 0 || check.sealing;
    const cut = problemOfEnd(this.#lines, isSealed ? check.complete : this.#lastType === "run.end", scanned);
    if (check.broken !== undefined && !scanned.unterminated) return this.#result("broken", check.broken);
    if (!isSealed) return this.#result("unsealed", cut);
    return this.#result(cut === undefined ? "whole" : "cut", cut);
  }

  /** What came of it where line `line` is no event, or not the one that should stand there. */
  broken(line: number, reason: string): Verification {
    return this.#result("broken", this.#check.broken ?? { line, reason });
  }

  #result(verdict: Verdict, problem: Verification["problem"]): Verification {
    const { seals, sealedTo, lastSeal } = this.#check;
    return { verdict, lines: this.#lines, seals, sealedTo, lastSeal, problem, soughtLine: this.#soughtLine };
  }
}
