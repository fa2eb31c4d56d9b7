// Changes single terms of a filter's text and leaves the rest as it was typed.
import { type KeyName } from "./keys.ts";
import { lex } from "./lexer.ts";

/** A value as it must be written: in quotes where it would be read as something else. */
export const quoted = (text: string): string =>
  /^[\w.:/@%+=~-]+$/.test(text) ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** The filter with `term` in place of all terms of `key` that are not negated; without one, they are taken out. */
export const withTerm = (text: string, key: KeyName, term: string | undefined): string => {
  const old = lex(text).filter((each) => each.key === key && !each.negated);
  const kept: string[] = [];
  let at = 0;
  let isPlaced = term === undefined;
  for (const { start, end } of old) {
    kept.push(text.slice(at, start).trim());
    if (!isPlaced) kept.push(term ?? "");
    isPlaced = true;
    at = end;
  }
  kept.push(text.slice(at).trim());
  if (!isPlaced) kept.push(term ?? "");
  return kept.filter((part) => part !== "").join(" ");
};

/** The values of the terms of `key` that are not negated. */
export const valuesOf = (text: string, key: KeyName): string[] =>
  lex(text)
    .filter((term) => term.key === key && !term.negated)
    .flatMap((term) => term.values.map((value) => value.text));

/** Whether `term` stands in the filter as it is. */
export const hasTerm = (text: string, term: string): boolean =>
  lex(text).some(({ start, end }) => text.slice(start, end) === term);

/** The filter without those of `terms` that stand in it as they are. */
export const withoutTerms = (text: string, terms: readonly string[]): string => {
  const kept: string[] = [];
  let at = 0;
  for (const { start, end } of lex(text)) {
    if (!terms.includes(text.slice(start, end))) continue;
    kept.push(text.slice(at, start).trim());
    at = end;
  }
  kept.push(text.slice(at).trim());
  return kept.filter((part) => part !== "").join(" ");
};
