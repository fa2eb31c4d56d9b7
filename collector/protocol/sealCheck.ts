// Checks the seals of a log, one line after the other: see seal.ts for what they say. Pure: who reads the log brings the
// hash.
import type { Seal } from "./events.ts";
import { NO_SEAL, splitSealLine } from "./seal.ts";

/** SHA-256 of what it was given, in order; text counts as UTF-8. Node's `Hash` is one. */
export interface LineHash {
  update(data: Uint8Array | string): unknown;
  digest(encoding: "hex"): string;
}

/** What is to be known of a line: all of a seal, which was decoded, and of any other event these two. */
export interface LineHead {
  readonly seq: number;
  readonly type: string;
}

/** The line of a log at which its seals do not hold, and how. */
export interface BrokenSeal {
  readonly line: number;
  readonly reason: string;
}

const isSeal = (event: LineHead): event is Seal => event.type === "seal";

/** "line 4", "lines 2 to 4". */
const linesText = (first: number, last: number): string =>
  first === last ? `line ${first}` : `lines ${first} to ${last}`;

export class SealCheck {
  readonly #newHash: () => LineHash;
  #hash: LineHash;
  #first = 1;
  #previous = NO_SEAL;
  /** A seal that covers the line after it. */
  #open: Seal | undefined;
  #seals = 0;
  #ended = false;
  #broken: BrokenSeal | undefined;

  constructor(newHash: () => LineHash) {
    this.#newHash = newHash;
    this.#hash = this.#newHash();
  }

  /** Seals that hold. */
  get seals(): number {
    return this.#seals;
  }

  /** The last line that a seal covers; 0 without a seal. */
  get sealedTo(): number {
    return this.#first - 1;
  }

  /** The hash of the last seal that holds. */
  get lastSeal(): string | undefined {
    return this.#seals === 0 ? undefined : this.#previous;
  }

  /** `run.end` was read, and its seal holds. */
  get complete(): boolean {
    return this.#ended && this.#broken === undefined;
  }

  /** A seal was read, whether it holds or not. */
  get sealing(): boolean {
    return this.#seals > 0 || this.#open !== undefined || this.#broken !== undefined;
  }

  /** The first thing wrong; what comes behind it is not looked at. */
  get broken(): BrokenSeal | undefined {
    return this.#broken;
  }

  /** Takes the next line: its event, whose seq is its number, and its bytes with the line end, valid during the call. */
  take(event: LineHead, bytes: Uint8Array): void {
    if (this.#broken !== undefined) return;
    if (this.#ended) {
      this.#break(event.seq, "it stands behind run.end: it was added");
    } else if (this.#open !== undefined) {
      this.#takeLast(this.#open, event, bytes);
    } else if (isSeal(event)) {
      this.#takeSeal(event, bytes);
    } else {
      this.#hash.update(bytes);
      // Logs of before there were seals have none anywhere, and are not broken for it.
      if (event.type === "run.end" && this.#seals > 0) this.#break(event.seq, "run.end has no seal of its own");
    }
  }

  #takeSeal(seal: Seal, bytes: Uint8Array): void {
    const { seq, first, last, previous, sha256 } = seal;
    const parts = splitSealLine(bytes, sha256, previous);
    if (parts === undefined) return this.#break(seq, "this seal is not written as Runglass writes seals");
    if (first !== this.#first || (last !== seq && last !== seq + 1)) {
      const should = `${this.#first} to ${seq}`;
      return this.#break(seq, `this seal says that it covers lines ${first} to ${last}, and should cover ${should}`);
    }
    if (previous !== this.#previous) {
      const before = this.#seals === 0 ? "it is the first and names one" : "it does not name the one before it";
      return this.#break(seq, `this seal is not part of the chain: ${before}`);
    }
    this.#hash.update(parts.head);
    this.#hash.update(parts.tail);
    if (last === seq) this.#close(seal);
    else this.#open = seal;
  }

  /** The line behind the last seal, which covers it. */
  #takeLast(seal: Seal, event: LineHead, bytes: Uint8Array): void {
    this.#open = undefined;
    if (event.type !== "run.end") return this.#break(event.seq, "run.end should stand here, behind the last seal");
    this.#hash.update(bytes);
    this.#close(seal);
    this.#ended = true;
    return undefined;
  }

  #close(seal: Seal): void {
    if (this.#hash.digest("hex") !== seal.sha256) {
      const lines = linesText(seal.first, seal.last);
      return this.#break(seal.seq, `this seal does not fit ${lines}, which it covers: one of them was altered`);
    }
    this.#hash = this.#newHash();
    this.#previous = seal.sha256;
    this.#first = seal.last + 1;
    this.#seals += 1;
    return undefined;
  }

  #break(line: number, reason: string): void {
    this.#broken = { line, reason };
  }
}
