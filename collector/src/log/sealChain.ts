// Makes the seals of a log that is being written: one hash over all lines as they are taken, closed by a seal now and
// then. What is not sealed when the collector is killed is a second's worth of lines at most.
import { createHash, type Hash } from "node:crypto";
import { hashField, NO_SEAL, sealLine } from "../../protocol/seal.ts";

/** Two ticks of the run (they are 200 ms) may pass before a seal that is due is written: within a second all the same. */
const MOST_MS = 500;
const MOST_LINES = 10_000;

const sha256Of = (): Hash => createHash("sha256");

/** A seal that is made, and not yet in the log. */
export interface MadeSeal {
  /** Its line, with the line end. */
  readonly line: string;
  /** What it covers behind its own line: empty, or one line. */
  readonly after: string;
  readonly sha256: string;
  readonly last: number;
}

export class SealChain {
  readonly #clock: () => number;
  #hash = sha256Of();
  #previous = NO_SEAL;
  #first = 1;
  #unsealed = 0;
  /** When the first line that is not sealed was taken. */
  #since = 0;

  /** `clock` gives milliseconds and never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** A seal is to be written now, if `more` lines are about to be taken. */
  due(more: number): boolean {
    const lines = this.#unsealed + more;
    return lines >= MOST_LINES || (this.#unsealed > 0 && this.#clock() - this.#since >= MOST_MS);
  }

  /** `count` lines are in the log behind those taken before. */
  take(lines: Uint8Array, count: number): void {
    if (this.#unsealed === 0) this.#since = this.#clock();
    this.#unsealed += count;
    this.#hash.update(lines);
  }

  /**
   * The seal for event `seq`, over all lines taken, `lines`, which stand before it, and `after`, which is empty or one line
   * that stands behind it. Nothing counts as sealed until `commit`: the log may refuse it.
   */
  make(seq: number, timeText: string, lines: Uint8Array, after = ""): MadeSeal {
    const last = after === "" ? seq : seq + 1;
    const { head, tail } = sealLine(seq, timeText, this.#first, last, this.#previous);
    const sha256 = this.#hash
      .copy()
      .update(lines)
      .update(head + tail + after)
      .digest("hex");
    return { line: head + hashField(sha256) + tail, after, sha256, last };
  }

  /** The seal and all that it covers are in the log. */
  commit(seal: MadeSeal): void {
    this.#hash = sha256Of();
    this.#previous = seal.sha256;
    this.#first = seal.last + 1;
    this.#unsealed = 0;
  }
}
