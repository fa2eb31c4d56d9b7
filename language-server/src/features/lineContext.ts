// Where the cursor is in a file that is being written, told by indentation alone: it need not be whole.
import { lineAt } from "../yaml/span.ts";

/** Whose step it is. */
export type Action = "harden-runner" | "runglass";

export type CursorPlace = { readonly action: Action } & (
  | /** In the value of an input of the action; `typed` is the word before the cursor. */
    { readonly kind: "value"; readonly input: string; readonly typed: string }
    /** Where an input's name can stand; `present` are the names that are there. */
  | { readonly kind: "input"; readonly typed: string; readonly present: ReadonlySet<string> }
);

const indentOf = (line: string): number => /^[ \t]*(?:- +)?/.exec(line)?.[0].length ?? 0;
const isBlank = (line: string): boolean => line.trim() === "";
const isItem = (line: string): boolean => /^\s*- /.test(line);
/** The key of a line, where it has one. */
export const keyOf = (line: string): string | undefined => /^\s*(?:- +)?["']?([\w-]+)["']?\s*:(?=\s|$)/.exec(line)?.[1];

/** The line above that a line at this depth belongs to. */
export const parentOf = (lines: readonly string[], from: number, depth: number): number => {
  for (let at = from - 1; at >= 0; at--) {
    const line = lines[at] ?? "";
    if (!isBlank(line) && indentOf(line) < depth) return at;
  }
  return -1;
};

/** The lines of the step that the line at `within` is in: from its dash to the next item or key further out. */
const stepLines = (lines: readonly string[], within: number): readonly string[] => {
  const depth = indentOf(lines[within] ?? "");
  let first = within;
  while (first >= 0 && !(isItem(lines[first] ?? "") && indentOf(lines[first] ?? "") <= depth)) first--;
  if (first < 0) return [];
  const dash = (lines[first] ?? "").search(/\S/);
  let last = first + 1;
  while (last < lines.length && (isBlank(lines[last] ?? "") || (lines[last] ?? "").search(/\S/) > dash)) last++;
  return lines.slice(first, last);
};

const USES: readonly (readonly [Action, RegExp])[] = [
  ["harden-runner", /^\s*(?:- +)?uses:\s*["']?step-security\/harden-runner(?:@|\s|$)/i],
  ["runglass", /^\s*(?:- +)?uses:\s*["']?runglass\/runglass(?:\/[^@\s]*)?(?:@|\s|$)/i],
];

const actionOf = (step: readonly string[]): Action | undefined =>
  USES.find(([, uses]) => step.some((line) => uses.test(line)))?.[0];

/** The place of the cursor in a step of Harden-Runner, or of our own Action; undefined anywhere else. */
export const cursorPlace = (text: string, offset: number): CursorPlace | undefined => {
  const lines = text.split(/\r?\n/);
  const { start } = lineAt(text, offset);
  const number = text.slice(0, start).split("\n").length - 1;
  const before = text.slice(start, offset);
  const typed = /[^\s'"]*$/.exec(before)?.[0] ?? "";
  const line = lines[number] ?? "";
  const own = keyOf(before);
  const depth = isBlank(line) ? before.length : indentOf(line);
  let at = number;
  let input = own;
  if (own === undefined && !/^\s*[\w-]*$/.test(before)) input = undefined;
  // Up from a line of a list to the key that it is the value of.
  const parent = parentOf(lines, number, depth);
  const parentKey = keyOf(lines[parent] ?? "");
  if (own === undefined && parentKey !== undefined && parentKey !== "with") {
    input = parentKey;
    at = parent;
  }
  const holder = parentOf(lines, at, own !== undefined || at !== number ? indentOf(lines[at] ?? "") : depth);
  if (keyOf(lines[holder] ?? "") !== "with") return undefined;
  const step = stepLines(lines, holder);
  const action = actionOf(step);
  if (action === undefined) return undefined;
  if (input !== undefined) return { action, kind: "value", input: input.toLowerCase(), typed };
  if (!/^\s*[\w-]*$/.test(before)) return undefined;
  const present = new Set(step.flatMap((one) => keyOf(one)?.toLowerCase() ?? []));
  return { action, kind: "input", typed: before.trim(), present };
};
