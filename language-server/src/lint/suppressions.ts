// `# runglass: ignore[rule, rule] reason`: what a file says it does not want to be told.
import { Lexer } from "yaml";
import type { ScalarText } from "../yaml/scalarText.ts";
import { lineAt, type Span } from "../yaml/span.ts";

export interface Suppression extends Span {
  readonly rules: readonly string[];
  readonly reason: string;
  /** The line that it stands on, by its start. */
  readonly line: number;
}

const COMMENT = /^#\s*runglass:\s*ignore\[([^\]]*)\][ \t]*(.*)$/;

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
    const [, list, reason = ""] = COMMENT.exec(said) ?? [];
    if (list === undefined) return [];
    const rules = list
      .split(",")
      .map((rule) => rule.trim())
      .filter((rule) => rule !== "");
    const { start } = comment;
    return [{ start, end: start + said.length, rules, reason: reason.trim(), line: lineAt(text, start).start }];
  });
};

/** The lines that a finding can be suppressed on: its own, and for one inside of a list that of the list's key. */
export const linesFor = (text: string, finding: Span, lists: readonly ScalarText[]): readonly number[] => {
  const own = lineAt(text, finding.start).start;
  const holder = lists.find(({ span }) => finding.start >= span.start && finding.end <= span.end);
  if (holder === undefined) return [own];
  const { start } = holder.span;
  const first = lineAt(text, start);
  const lines = [own, first.start];
  // The key of a scalar that begins on the line below.
  if (text.slice(first.start, start).trim() === "") lines.push(lineAt(text, Math.max(0, first.start - 1)).start);
  return lines;
};
