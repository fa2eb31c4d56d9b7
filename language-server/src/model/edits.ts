// Edits of a list that keep every other byte of the file.
import { lineAt, lineEndOf, type Span, type TextEdit } from "../yaml/span.ts";
import type { EndpointList } from "./endpoints.ts";

const replace = ({ start, end }: Span, newText: string): TextEdit => ({ start, end, newText });

export { replace as replaceSpan };

/** What cannot begin a plain scalar. */
const INDICATOR = /^[-?:*&!|>%@`"'#[\]{},]/;

/**
 * Edits of a list, such that it stays the scalar that it is: a plain one that began with an asterisk would be an alias, so it is
 * put into quotes then.
 */
export const keepScalar = (text: string, { scalar }: EndpointList, edits: readonly TextEdit[]): readonly TextEdit[] => {
  if (scalar.style !== "plain") return edits;
  const { body } = scalar;
  let changed = "";
  let at = body.start;
  for (const { start, end, newText } of edits.toSorted((a, b) => a.start - b.start)) {
    if (start < body.start || end > body.end) return edits;
    changed += text.slice(at, start) + newText;
    at = end;
  }
  changed = (changed + text.slice(at, body.end)).trim();
  // Other fixes may bring a pattern that is written here to the front.
  if (!INDICATOR.test(changed) && !edits.some(({ newText }) => newText.startsWith("*"))) return edits;
  const quote = /["\\]/.test(changed) ? "'" : '"';
  return [replace(body, quote + (quote === "'" ? changed.replaceAll("'", "''") : changed) + quote)];
};

/**
 * Takes a piece out of a list: with its whole line where nothing else is on it, else with the blanks on one side of it.
 */
export const removeFromList = (text: string, { scalar }: EndpointList, span: Span): TextEdit => {
  const line = lineAt(text, span.start);
  const before = text.slice(Math.max(line.start, scalar.body.start), span.start);
  const after = text.slice(span.end, Math.min(line.end, scalar.body.end));
  if (scalar.isBlock && before.trim() === "" && after.trim() === "") {
    // The first line says how deep a block is: a deeper one behind it takes its place.
    const deeper = /^\s*\n(?:[ \t]*\r?\n)*([ \t]*)(?=\S)/.exec(text.slice(span.end, scalar.body.end));
    const isFirst = text.slice(scalar.body.start, line.start).trim() === "";
    if (isFirst && deeper !== null && (deeper[1] ?? "").length > before.length)
      return replace({ start: span.start, end: span.end + deeper[0].length }, "");
    const next = text.indexOf("\n", span.end);
    if (next >= 0) return replace({ start: line.start, end: next + 1 }, "");
    // The last line of a file without a line end: the one before it ends there then.
    const start = line.start >= 2 && text[line.start - 2] === "\r" ? line.start - 2 : Math.max(0, line.start - 1);
    return replace({ start, end: span.end }, "");
  }
  if (after.trim() !== "") {
    const blanks = /^\s*/.exec(after)?.[0].length ?? 0;
    return replace({ start: span.start, end: span.end + blanks }, "");
  }
  // A plain or quoted scalar may have its first words on lines above.
  const BLANK = scalar.hasEscapes ? String.raw`(?:\s|\\(?:\r?\n|[nrt ]))*` : String.raw`\s*`;
  const lead = new RegExp(`${BLANK}$`).exec(text.slice(scalar.body.start, span.start))?.[0].length ?? 0;
  if (!scalar.isBlock && span.start - lead === scalar.body.start) {
    const behind = new RegExp(`^${BLANK}`).exec(text.slice(span.end, scalar.body.end))?.[0].length ?? 0;
    return replace({ start: span.start, end: span.end + behind }, "");
  }
  return replace({ start: span.start - lead, end: span.end }, "");
};

/** How deep the lines of a block are indented. */
export const blockIndent = (text: string, { scalar, entries }: EndpointList): string => {
  const first = entries[0];
  const { start } = first === undefined ? { start: scalar.body.start } : lineAt(text, first.start);
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? "";
};

/** Puts an entry behind the last one of a list; undefined where the scalar has no place for it. */
export const addToList = (text: string, list: EndpointList, entry: string): TextEdit | undefined => {
  const { scalar, entries } = list;
  const last = entries.at(-1);
  if (last === undefined) {
    if (scalar.style === "double" || scalar.style === "single") return replace(scalar.body, entry);
    return undefined;
  }
  const at = { start: last.end, end: last.end };
  if (!scalar.isBlock) return replace(at, ` ${entry}`);
  // A comment behind it stays with it.
  const line = lineAt(text, last.end);
  const end = /^\s+#/.test(text.slice(last.end, line.end)) ? line.end : last.end;
  return replace({ start: end, end }, `${lineEndOf(text)}${blockIndent(text, list)}${entry}`);
};
