// Offsets as positions of the Language Server Protocol: line and UTF-16 unit, from 0.
import type { Span } from "../yaml/span.ts";

export interface Position {
  readonly line: number;
  readonly character: number;
}
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export class Positions {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      // A carriage return alone ends a line too, as the protocol has it.
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) this.#starts.push(at + 1);
    }
  }

  at(offset: number): Position {
    const bounded = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= bounded) low = middle;
      else high = middle;
    }
    return { line: low, character: bounded - (this.#starts[low] ?? 0) };
  }

  range({ start, end }: Span): Range {
    return { start: this.at(start), end: this.at(end) };
  }
}
