// A list in another dialect, entry by entry, with what each conversion changes.
import { toHardenRunner, toRunglass, type Conversion } from "../../../collector/policy/convert.ts";
import { parseHardenRunner } from "../../../collector/policy/hardenRunner.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import type { EndpointList, Entry } from "../model/endpoints.ts";

export interface ConvertedList {
  /** One entry, or one comment, each. */
  readonly lines: readonly string[];
  /** What is allowed more, or less, or left out: a sentence each. */
  readonly notes: readonly string[];
}

/** What a conversion changes, in whole sentences; nothing where it says the same. */
export const notesOf = ({ from, entries, widens, narrows }: Conversion): string[] => {
  if (entries.length === 0) {
    const why = narrows.length === 0 ? "it allows nothing" : narrows.join("; ");
    return [`Left out: ${from} (${why}).`];
  }
  const to = entries.join(" ");
  const notes: string[] = [];
  if (widens.length > 0) notes.push(`${to} allows more than ${from}: ${widens.join("; ")}.`);
  if (narrows.length > 0) notes.push(`${to} allows less than ${from}: not ${narrows.join("; ")}.`);
  return notes;
};

const leftOut = (from: string, why: string): Conversion => ({ from, entries: [], widens: [], narrows: [why] });

/** An entry of Harden-Runner's, as its author meant it, in our own dialect. */
const ownEntry = ({ text, isExpression }: Entry): Conversion => {
  if (isExpression) return { from: text, entries: [text], widens: [], narrows: [] };
  // What that agent cannot use, and ours can: a URL, an address, a network.
  const asItIs = parseRunglass(text);
  const [rule] = parseHardenRunner(text).rules;
  const usual = rule === undefined ? leftOut(text, "it is no entry") : toRunglass(rule);
  if (usual.entries.length > 0 && parseRunglass(usual.entries.join(" ")).problems.length === 0) return usual;
  if (asItIs.problems.length === 0) return { from: text, entries: [text], widens: [], narrows: [] };
  if (usual.entries.length === 0 && usual.narrows.length > 0) return usual;
  return leftOut(text, asItIs.problems[0]?.message ?? "it is no entry");
};

/** Harden-Runner's list in our own dialect. Comments stay, which that agent would have read as hosts. */
export const toOwnList = (list: EndpointList, text: string): ConvertedList => {
  const lines: string[] = [];
  const notes: string[] = [];
  const comments = list.comments.map(({ start, end }) => ({ start, line: text.slice(start, end) }));
  const entries = list.entries.map((entry) => ({ start: entry.start, entry }));
  for (const one of [...comments, ...entries].toSorted((a, b) => a.start - b.start)) {
    if ("line" in one) {
      lines.push(one.line.replaceAll(/\s+/g, " "));
      continue;
    }
    const conversion = ownEntry(one.entry);
    lines.push(...conversion.entries);
    notes.push(...notesOf(conversion));
  }
  return { lines: [...new Set(lines)], notes };
};

/** A list of our own in Harden-Runner's dialect, which has no comments. */
export const toHardenRunnerList = (text: string): ConvertedList => {
  const { rules, problems } = parseRunglass(text);
  const lines = rules.flatMap((rule) => toHardenRunner(rule).entries);
  const notes = rules.flatMap((rule) => notesOf(toHardenRunner(rule)));
  for (const { place, message } of problems)
    notes.push(`Left out: ${text.slice(place.offset, place.offset + place.length)} (${message}).`);
  return { lines: [...new Set(lines)], notes };
};
