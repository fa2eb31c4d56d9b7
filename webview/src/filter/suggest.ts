// Completion of the filter box: keys while a key is typed, values that the run has shown behind a key.
import type { SeenKey, SeenValues } from "../model/seenValues.ts";
import { filterKeys, type FilterKey, isAbout, isKeyName, keyNames } from "./keys.ts";
import { lex, type Term } from "./lexer.ts";

export interface Suggestion {
  /** What replaces the text from `start` to `end`. */
  readonly insert: string;
  readonly label: string;
  readonly detail: string;
}

export interface Suggestions {
  readonly start: number;
  readonly end: number;
  readonly items: readonly Suggestion[];
}

const MAX_ITEMS = 12;
const none: Suggestions = { start: 0, end: 0, items: [] };

const quoteIfNeeded = (value: string): string =>
  /[\s",()*]/.test(value) || value === "" ? `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : value;

const isSeenKey = (key: string, seen: SeenValues): key is SeenKey => Object.hasOwn(seen, key);

/** Values for a key: fixed words, else what the run has shown, the most frequent first. */
const valuesFor = (key: string, typed: string, seen: SeenValues): Suggestion[] => {
  if (!isKeyName(key)) return [];
  const spec: FilterKey = filterKeys[key];
  const wanted = typed.toLowerCase().replace(/^"/, "");
  if (spec.words !== undefined) {
    return spec.words
      .filter((word) => word.startsWith(wanted))
      .map((word) => ({
        insert: word,
        label: word,
        detail: key === "is" && Object.hasOwn(isAbout, word) ? isAbout[word as keyof typeof isAbout] : "",
      }));
  }
  const from = key === "exit" ? undefined : isSeenKey(key, seen) ? seen[key] : undefined;
  if (from === undefined) return [];
  const found: [string, number, boolean][] = [];
  for (const [value, count] of from) {
    const lower = value.toLowerCase();
    if (lower.includes(wanted)) found.push([value, count, lower.startsWith(wanted)]);
  }
  found.sort((a, b) => Number(b[2]) - Number(a[2]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return found.map(([value, count]) => ({
    insert: quoteIfNeeded(value),
    label: value,
    detail: count > 1 ? `${count} times` : "",
  }));
};

const keySuggestions = (typed: string): Suggestion[] =>
  keyNames
    .filter((name) => name.startsWith(typed.toLowerCase()))
    .map((name) => ({ insert: `${name}:`, label: `${name}:`, detail: filterKeys[name].about }));

const forTerm = (term: Term, text: string, caret: number, seen: SeenValues): Suggestions => {
  if (term.key === undefined || caret < term.valueStart) {
    const typed = text.slice(term.keyStart, caret);
    return { start: term.keyStart, end: term.end, items: keySuggestions(typed).slice(0, MAX_ITEMS) };
  }
  const value = term.values.find((candidate) => caret >= candidate.start && caret <= candidate.end);
  const start = value?.start ?? caret;
  const end = value?.end ?? caret;
  const typed = text.slice(start, caret);
  const items = valuesFor(term.key, typed, seen).filter((item) => item.insert !== text.slice(start, end));
  return { start, end, items: items.slice(0, MAX_ITEMS) };
};

/** What could stand at the caret. Nothing where the term is whole, and nothing for an empty box until it is asked for. */
export const suggest = (text: string, caret: number, seen: SeenValues): Suggestions => {
  const term = lex(text).find((candidate) => caret > candidate.start && caret <= candidate.end);
  if (term !== undefined) return forTerm(term, text, caret, seen);
  const before = text[caret - 1];
  if (before !== undefined && before !== " ") return none;
  return { start: caret, end: caret, items: keySuggestions("").slice(0, keyNames.length) };
};
