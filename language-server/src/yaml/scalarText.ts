// A scalar with the places of its words in the file, whatever style it is written in.
import type { Scalar } from "yaml";
import { decodeDoubleQuoted } from "./doubleQuoted.ts";
import { wordsIn } from "./expressions.ts";
import { lineAt, type Span } from "./span.ts";

export type Style = "plain" | "single" | "double" | "folded" | "literal";

export interface ScalarWord extends Span {
  readonly text: string;
  /** What stands between it and the word before once the scalar is read. */
  readonly before: string;
}

const styles: Readonly<Record<string, Style>> = {
  BLOCK_FOLDED: "folded",
  BLOCK_LITERAL: "literal",
  QUOTE_DOUBLE: "double",
  QUOTE_SINGLE: "single",
};

export class ScalarText {
  readonly node: Scalar;
  /** As the runner reads it. */
  readonly value: string;
  readonly style: Style;
  /** All of it: quotes, or a block's header and lines. */
  readonly span: Span;
  /** What stands between the quotes, or below the header. */
  readonly body: Span;
  readonly #text: string;
  #words: readonly ScalarWord[] | undefined;

  constructor(node: Scalar, text: string) {
    this.node = node;
    this.#text = text;
    this.style = styles[node.type ?? ""] ?? "plain";
    const [start, end] = node.range ?? [0, 0];
    this.value = typeof node.value === "string" ? node.value : (node.source ?? "");
    if (this.isBlock) {
      const firstLineEnd = text.indexOf("\n", start);
      const bodyStart = firstLineEnd < 0 || firstLineEnd >= end ? end : firstLineEnd + 1;
      this.body = { start: bodyStart, end };
      this.span = { start, end };
    } else {
      this.span = { start, end };
      const quotes = this.style === "plain" ? 0 : 1;
      const closed = quotes === 1 && end - start >= 2 && text[end - 1] === text[start];
      this.body = { start: start + quotes, end: end - (closed ? 1 : 0) };
    }
  }

  get isBlock(): boolean {
    return this.style === "folded" || this.style === "literal";
  }

  /** The token behind the colon that begins a block: `|`, `>-`, `|2+`. */
  get header(): Span {
    const { start } = this.span;
    const [token = ""] = /^[|>][0-9+-]*/.exec(this.#text.slice(start, start + 8)) ?? [];
    return { start, end: start + token.length };
  }

  /** An escape stands for some of its text. */
  get hasEscapes(): boolean {
    return this.style === "double" && this.#text.slice(this.body.start, this.body.end).includes("\\");
  }

  /** The scalar without quotes, blanks around it, or the end of a block's last line. */
  get content(): Span {
    const raw = this.#text.slice(this.body.start, this.body.end);
    const lead = raw.length - raw.trimStart().length;
    const length = raw.trim().length;
    return { start: this.body.start + lead, end: this.body.start + lead + length };
  }

  /** What a `#` behind a block's header begins, or behind a scalar on its line. */
  get lineComment(): Span | undefined {
    const from = this.isBlock ? this.header.end : this.span.end;
    const { end } = lineAt(this.#text, from);
    const rest = this.#text.slice(from, end);
    const at = /^[ \t]+(?=#)/.exec(rest)?.[0].length;
    return at === undefined ? undefined : { start: from + at, end };
  }

  /** The words, each with its place. */
  words(): readonly ScalarWord[] {
    return (this.#words ??= this.#readWords());
  }

  #readWords(): readonly ScalarWord[] {
    const raw = this.#text.slice(this.body.start, this.body.end);
    if (this.hasEscapes) return this.#escapedWords(raw);
    const read = wordsIn(this.value);
    let end = 0;
    return wordsIn(raw).map(({ text, index }, at) => {
      const decoded = read[at];
      const before = decoded === undefined ? " " : this.value.slice(end, decoded.index);
      if (decoded !== undefined) end = decoded.index + decoded.text.length;
      const start = this.body.start + index;
      return { text, start, end: start + text.length, before: at === 0 ? "" : before };
    });
  }

  /** Words whose text is not that of the file. Where the escapes are not understood there is one, which is all of the scalar. */
  #escapedWords(raw: string): readonly ScalarWord[] {
    const decoded = decodeDoubleQuoted(raw);
    if (decoded === undefined || decoded.text !== this.value) {
      const text = this.value.trim();
      return text === "" ? [] : [{ text, ...this.span, before: "" }];
    }
    let end = 0;
    return wordsIn(this.value).map(({ text, index }, at) => {
      const before = at === 0 ? "" : this.value.slice(end, index);
      end = index + text.length;
      const start = this.body.start + (decoded.starts[index] ?? 0);
      return { text, start, end: this.body.start + (decoded.starts[end] ?? raw.length), before };
    });
  }
}
