// Edits of a list that keep every other byte of the file.
import { lineAt, lineEndOf, type Span, type TextEdit } from "../yaml/span.ts";
import type { EndpointList } from "./endpoints.ts";

const replace = ({ start, end }: Span, newText: string): TextEdit => ({ start, end, newText });

export { replace as replaceSpan };

/** What cannot begin a plain scalar. */
const INDICATOR = /^[-?:*&!|>%@`"'#[\]{},]/;

/** The quotes that the text of a list can be put into; undefined where it holds both kinds. */
const quoteFor = (text: string, { scalar }: EndpointList): string | undefined => {
  const body = text.slice(scalar.body.start, scalar.body.end);
  if (!/["\\]/.test(body)) return '"';
  return body.includes("'") ? undefined : "'";
};

/** What a text begins with after edits, which are in their order. */
const firstCharacter = (text: string, from: number, edits: readonly TextEdit[]): string => {
  let at = from;
  for (const { start, end, newText } of edits) {
    if (start > at) break;
    if (newText !== "") return newText[0] ?? "";
    at = end;
  }
  return text[at] ?? "";
};

/**
 * Edits of a list, such that it stays the scalar that it is: a plain one that began with an asterisk would be an alias, so it is
 * put into quotes then.
 */
export const keepScalar = (text: string, list: EndpointList, edits: readonly TextEdit[]): readonly TextEdit[] => {
  const { style, body } = list.scalar;
  const sorted = edits.toSorted((a, b) => a.start - b.start);
  if (style !== "plain" || sorted.some(({ start, end }) => start < body.start || end > body.end)) return edits;
  // Other fixes may bring a pattern that is written here to the front.
  if (
    !INDICATOR.test(firstCharacter(text, body.start, sorted)) &&
    !edits.some(({ newText }) => newText.startsWith("*"))
  )
    return edits;
  const quote = quoteFor(text, list);
  if (quote === undefined) return edits;
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first?.start === body.start) sorted[0] = { ...first, newText: quote + first.newText };
  else sorted.unshift(replace({ start: body.start, end: body.start }, quote));
  const index = sorted.length - 1;
  const end = sorted[index] ?? last;
  if (end?.end === body.end) sorted[index] = { ...end, newText: end.newText + quote };
  else sorted.push(replace({ start: body.end, end: body.end }, quote));
  return sorted;
};

/** The words before and behind a piece of a list. */
const neighboursOf = ({ words }: EndpointList, { start, end }: Span): readonly [Span | undefined, Span | undefined] => {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  let behind = low;
  while (behind < words.length && (words[behind]?.start ?? 0) < end) behind++;
  return [words[low - 1], words[behind]];
};

/**
 * Takes a piece out of a list: with its whole line where nothing else is on it, else with the blanks on one side of it.
 */
export const removeFromList = (text: string, list: EndpointList, span: Span): TextEdit => {
  const { scalar } = list;
  const [previous, next] = neighboursOf(list, span);
  const from = previous?.end ?? scalar.body.start;
  const before = text.slice(from, span.start);
  const behind = text.slice(span.end, next?.start ?? scalar.body.end);
  const beginsLine = before.includes("\n") || (scalar.isBlock && previous === undefined);
  const endsLine = next === undefined || behind.includes("\n");
  if (scalar.isBlock && beginsLine && endsLine) {
    const indent = before.slice(before.lastIndexOf("\n") + 1);
    // The first line says how deep a block is: a deeper one behind it takes its place.
    const deeper = next === undefined ? "" : behind.slice(behind.lastIndexOf("\n") + 1);
    if (previous === undefined && deeper.length > indent.length)
      return replace({ start: span.start, end: span.end + behind.length }, "");
    const start = span.start - indent.length;
    const newline = text.indexOf("\n", span.end);
    if (newline >= 0) return replace({ start, end: newline + 1 }, "");
    // The last line of a file without a line end: the one before it ends there then.
    return replace({ start: Math.max(0, text[start - 2] === "\r" ? start - 2 : start - 1), end: span.end }, "");
  }
  // The first word of a plain or quoted scalar stays where it begins.
  if (!endsLine || (previous === undefined && !scalar.isBlock))
    return replace({ start: span.start, end: next?.start ?? span.end }, "");
  return replace({ start: span.start - (/\s|\\/.test(before) ? before.length : 0), end: span.end }, "");
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
