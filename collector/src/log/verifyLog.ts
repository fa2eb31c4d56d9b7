// Whether a log is as it was written: each line an event, numbered on from the line before, and under a seal that fits.
import { createHash } from "node:crypto";
import type { RunEvent, UnknownEvent } from "../../protocol/events.ts";
import { SealCheck } from "../../protocol/sealCheck.ts";
import { NEWLINE } from "./newlines.ts";
import type { OpenFile } from "./openLogFile.ts";
import { BadLineError, scanLog, type Scanned } from "./scanLog.ts";

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

/** Ends the reading of a log that is known to be broken. */
class Broken extends Error {}

const problemOfEnd = (
  lines: number,
  check: SealCheck,
  scanned: Pick<Scanned, "cutLine" | "unterminated">,
): Verification["problem"] => {
  const { cutLine, unterminated } = scanned;
  if (cutLine !== undefined) return { line: cutLine, reason: "the line is cut off" };
  if (unterminated) return { line: lines, reason: "the line end is missing: the line is cut off" };
  return check.complete ? undefined : { line: lines, reason: "no run.end follows: cut off here, or the run goes on" };
};

/** Checks a log while something else reads it: give it each line, and the end. */
export class LogVerifier {
  readonly #check = new SealCheck(() => createHash("sha256"));
  readonly #sought: string | undefined;
  #soughtLine: number | undefined;
  #lines = 0;

  /** `sought` is the hash of a seal that is looked for. */
  constructor(sought?: string) {
    this.#sought = sought;
  }

  /** Takes the next line, as `LogVisitor.onLine` is given it. False where it breaks the log, or one before it did. */
  take(event: RunEvent | UnknownEvent, bytes: Buffer): boolean {
    const check = this.#check;
    check.take(event, bytes);
    // A last line whose line end is missing does not fit its seal either, and is told of as what it is: cut off.
    if (check.broken !== undefined && bytes.at(-1) === NEWLINE) return false;
    this.#lines = event.seq;
    if (this.#sought !== undefined && check.lastSeal === this.#sought) this.#soughtLine ??= check.sealedTo;
    return true;
  }

  /** What came of it, after the last line. */
  finish(scanned: Pick<Scanned, "cutLine" | "unterminated">): Verification {
    const check = this.#check;
    const ended = problemOfEnd(this.#lines, check, scanned);
    if (check.broken !== undefined && !scanned.unterminated) return this.#result("broken", check.broken);
    if (check.seals === 0 && !check.sealing) return this.#result("unsealed", ended);
    return this.#result(ended === undefined ? "whole" : "cut", ended);
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

/**
 * Reads the log once, in bounded memory, up to the first line that is wrong. Throws a `UserError` where it is no run log at
 * all, of a newer version, or cannot be read.
 */
export const verifyLog = async (file: OpenFile, sought?: string): Promise<Verification> => {
  const verifier = new LogVerifier(sought);
  try {
    const scanned = await scanLog(file, {
      onLine: (event, bytes) => {
        if (!verifier.take(event, bytes)) throw new Broken();
      },
    });
    return verifier.finish(scanned);
  } catch (error) {
    if (error instanceof Broken) return verifier.broken(0, "");
    // Damage of the first line is not told from a file that never was a log.
    if (!(error instanceof BadLineError) || error.line === 1 || error.problem.newer) throw error;
    return verifier.broken(error.line, error.problem.reason);
  }
};
