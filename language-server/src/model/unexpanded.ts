// What looks as if somebody would expand it, in an input, where nobody does.
import type { ScalarText } from "../yaml/scalarText.ts";
import type { Span } from "../yaml/span.ts";
import { expressionsIn } from "../yaml/expressions.ts";
import { readEndpoints } from "./endpoints.ts";

/** The text with blanks in the place of what the runner expands. */
const withoutExpanded = (text: string): string => {
  let result = "";
  let at = 0;
  for (const { index, text: one } of expressionsIn(text)) {
    result += text.slice(at, index) + " ".repeat(one.length);
    at = index + one.length;
  }
  return result + text.slice(at);
};

/** An expression that is not closed, one without its dollar, and what only a shell would expand. */
const NOT_EXPANDED =
  /\$\{\{\S*|(?<!\$)\{\{[^{}]*\}\}|\$\{(?!\{)[\w-]*\}?|\$\([^)\n]*\)?|(?<![\w./])\$[A-Za-z_]\w*|(?<!\S)%[A-Za-z_]\w*%/g;

/** In the order of the file; nothing inside of a comment. */
export const unexpandedIn = (value: ScalarText, text: string): readonly Span[] => {
  const raw = text.slice(value.body.start, value.body.end);
  if (!/[$%{]/.test(raw)) return [];
  const { comments } = readEndpoints(value, text);
  return [...withoutExpanded(raw).matchAll(NOT_EXPANDED)]
    .map(({ 0: found, index }) => ({ start: value.body.start + index, end: value.body.start + index + found.length }))
    .filter(({ start }) => !comments.some((comment) => start >= comment.start && start < comment.end));
};
