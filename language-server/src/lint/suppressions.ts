// `# runglass: ignore[rule, rule] reason`: what a file says it does not want to be told.
import { Lexer } from "yaml";
import type { ScalarText } from "../yaml/scalarText.ts";
import { lineAt, type Span } from "../yaml/span.ts";
import { Positions } from "./positions.ts";

export interface Suppression extends Span {
  readonly rules: readonly string[];
  readonly reason: string;
  /** The line that it stands on, by its start. */
  readonly line: number;
}

/** Also behind what else a comment says, as a version behind a pinned action. */
const COMMENT = /(?:^|[ \t])#\s*runglass:\s*ignore\[([^\]]*)\][ \t]*(.*)$/;

/** The comments of a file; what looks like one inside of a scalar is none. */
const commentsOf = (text: string): { readonly start: number; readonly text: string }[] => {
  const comments: { start: number; text: string }[] = [];
  let at = 0;
  // The lexer marks scalars, documents and ends with a character of its own, which stands for none of the file.
  for (const token of new Lexer().lex(text)) {
    const isMark = token === "\u0002" || token === "\u0018" || token === "\u001f";
    if (isMark) continue;
    if (token.startsWith("#")) comments.push({ start: at, text: token });
    at += token.length;
  }
  return comments;
};

export const suppressionsOf = (text: string): Suppression[] => {
  if (!text.includes("runglass:")) return [];
  return commentsOf(text).flatMap((comment) => {
    const said = comment.text.trimEnd();
    const found = COMMENT.exec(said);
    if (found === null) return [];
    const [whole, list = "", reason = ""] = found;
    const rules = list
      .split(",")
      .map((rule) => rule.trim())
      .filter((rule) => rule !== "");
    const start = comment.start + found.index + whole.indexOf("#");
    return [{ start, end: comment.start + said.length, rules, reason: reason.trim(), line: lineAt(text, start).start }];
  });
};

/** Which comments suppress what, told for one finding after the other. */
export class Suppressions {
  readonly all: readonly Suppression[];
  readonly #text: string;
  readonly #positions: Positions;
  readonly #scalars: readonly ScalarText[];
  readonly #byLine = new Map<number, Suppression[]>();
  readonly #linesOfScalar = new Map<ScalarText, readonly number[]>();

  /** `scalars` are those whose findings can be suppressed on their key. */
  constructor(text: string, scalars: readonly ScalarText[]) {
    this.#text = text;
    this.all = suppressionsOf(text);
    this.#positions = new Positions(this.all.length === 0 ? "" : text);
    this.#scalars = scalars;
    for (const one of this.all) {
      const { line } = this.#positions.at(one.start);
      this.#byLine.set(line, [...(this.#byLine.get(line) ?? []), one]);
    }
  }

  /** Those that name the rule on a line of the finding: its own, and for one inside of a list that of the list's key. */
  of(rule: string, finding: Span): readonly Suppression[] {
    if (this.all.length === 0) return [];
    const holder = this.#scalars.find(({ span }) => finding.start >= span.start && finding.end <= span.end);
    const lines = new Set([
      this.#positions.at(finding.start).line,
      ...(holder === undefined ? [] : this.#linesOf(holder)),
    ]);
    return [...lines].flatMap((line) => this.#byLine.get(line) ?? []).filter(({ rules }) => rules.includes(rule));
  }

  #linesOf(holder: ScalarText): readonly number[] {
    let lines = this.#linesOfScalar.get(holder);
    if (lines === undefined) {
      const { start } = holder.span;
      const { line, character } = this.#positions.at(start);
      // The key of a scalar that begins on the line below.
      const isBelow = this.#text.slice(start - character, start).trim() === "";
      lines = isBelow ? [line, line - 1] : [line];
      this.#linesOfScalar.set(holder, lines);
    }
    return lines;
  }
}
