// What is wrong with a list of our own Action's, at its places in the file.
import { parseHardenRunner } from "../../../collector/policy/hardenRunner.ts";
import type { Dialect, Problem } from "../../../collector/policy/policy.ts";
import { parseRunglass } from "../../../collector/policy/runglass.ts";
import type { ScalarText } from "../yaml/scalarText.ts";
import type { Span } from "../yaml/span.ts";
import { unexpandedIn } from "./unexpanded.ts";

export interface PlacedProblem {
  readonly problem: Problem;
  readonly span: Span;
}

/**
 * The list as it is written, with blanks in the place of each word that holds an expression, as nobody knows here what the
 * runner puts in, and of what nobody expands, which is told of by another rule.
 */
const literalPart = (list: ScalarText, text: string): string => {
  const expressions = list.words().filter((word) => word.text.includes("${{"));
  let part = text.slice(list.body.start, list.body.end);
  for (const { start, end } of [...expressions, ...unexpandedIn(list, text)]) {
    const from = start - list.body.start;
    part = part.slice(0, from) + " ".repeat(end - start) + part.slice(from + end - start);
  }
  return part;
};

/** The text of a list as it is meant: with its line ends, also where YAML folds them away. */
export const ownListText = (list: ScalarText, text: string): string =>
  list.hasEscapes ? list.value : text.slice(list.body.start, list.body.end);

const ownProblems = (list: ScalarText, text: string): PlacedProblem[] => {
  if (list.hasEscapes) return parseRunglass(list.value).problems.map((problem) => ({ problem, span: list.span }));
  return parseRunglass(literalPart(list, text)).problems.map((problem) => {
    const start = list.body.start + problem.place.offset;
    return { problem, span: { start, end: start + problem.place.length } };
  });
};

/** Told of the word that a problem begins in. */
const theirProblems = (list: ScalarText): PlacedProblem[] => {
  const words = list.words();
  return parseHardenRunner(list.value).problems.map((problem) => {
    const before = list.value.slice(0, problem.place.offset).match(/\S+(?=\s)/g)?.length ?? 0;
    const { start, end } = words[Math.min(before, words.length - 1)] ?? list.span;
    return { problem, span: { start, end } };
  });
};

/** In the order of the file. */
export const problemsOf = (list: ScalarText, dialect: Dialect, text: string): readonly PlacedProblem[] => {
  if (dialect === "runglass") return ownProblems(list, text);
  return list.value.includes("${{") ? [] : theirProblems(list);
};
