// Takes the lines of a run into its spool, as they come, and only as far as they hold: each an event that follows the one
// before, under seals that fit. So what is shown of a run is what its collector has written, also while it goes on.
import { createHash } from "node:crypto";
import { decodeLine } from "../../../collector/protocol/decode.ts";
import { SealCheck } from "../../../collector/protocol/sealCheck.ts";
import { readHeader } from "../sessions/lineHeader.ts";
import { LogScanner } from "../sessions/logScanner.ts";
import type { Spool } from "../sessions/spool.ts";

/** The first line that does not hold. */
export interface BrokenLine {
  readonly line: number;
  readonly reason: string;
  /** It is of a version that this Runglass does not read. */
  readonly newer: boolean;
}

const NEWLINE = 0x0a;

export class SealedLines {
  readonly scanner = new LogScanner();
  readonly #seals = new SealCheck(() => createHash("sha256"));
  readonly #spool: Spool;

  constructor(spool: Spool) {
    this.#spool = spool;
    this.scanner.stopAtDamage = true;
  }

  /** The last line that is known to be as it was written; 0 for none. */
  get sealedTo(): number {
    return this.#seals.sealedTo;
  }

  /** The hash of the last seal that holds. */
  get lastSeal(): string | undefined {
    return this.#seals.lastSeal;
  }

  /** It is whole, from its first line to a sealed `run.end`. */
  get holds(): boolean {
    return this.#seals.complete;
  }

  /** Takes whole lines; `full` where the copy takes no more, of which the spool's owner was told. */
  take(bytes: Buffer): BrokenLine | "full" | undefined {
    let good = 0;
    let broken: BrokenLine | undefined;
    let seq = this.scanner.lastSeq;
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const next = newline === -1 ? bytes.length : newline + 1;
      broken = this.#check(bytes, from, next, seq + 1);
      if (broken !== undefined) break;
      seq += 1;
      from = next;
      good = next;
    }
    if (good > 0) {
      const position = this.#spool.size;
      const taken = bytes.subarray(0, good);
      if (!this.#spool.append(taken)) return "full";
      this.scanner.feed(taken, position);
    }
    return broken;
  }

  #check(bytes: Buffer, from: number, next: number, seq: number): BrokenLine | undefined {
    if (bytes[next - 1] !== NEWLINE) return { line: seq, reason: "it is cut off", newer: false };
    const header = readHeader(bytes, from, next - 1);
    if (!header.ok) return { line: seq, reason: header.reason, newer: header.newer };
    if (header.seq !== seq) {
      return { line: seq, reason: `it is event ${header.seq}: events are missing or out of order`, newer: false };
    }
    if (header.type === "seal") {
      const decoded = decodeLine(bytes.toString("utf8", from, next - 1));
      if (!decoded.ok) return { line: seq, reason: decoded.reason, newer: false };
      this.#seals.take(decoded.event, bytes.subarray(from, next));
    } else this.#seals.take(header, bytes.subarray(from, next));
    const { broken } = this.#seals;
    return broken === undefined ? undefined : { ...broken, newer: false };
  }
}
