import { lineAt, type Span, type TextEdit } from "../../yaml/span.ts";
import type { ScalarWord } from "../../yaml/scalarText.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { EndpointList } from "../../model/endpoints.ts";
import type { Finding, Fix, Rule } from "../rule.ts";

/** The first word that the agent does not see as an entry, as something else than a blank stands before it. */
const firstLost = (words: readonly ScalarWord[]): ScalarWord | undefined =>
  words.find(({ before }) => /[^ ]/.test(before));

/** Lines of a block such that folding leaves blanks only: no empty ones, and all as deep as the first. */
const straightenBlock = (text: string, { scalar }: EndpointList): TextEdit[] => {
  const words = scalar.words();
  const [first] = words;
  if (first === undefined) return [];
  const line = lineAt(text, first.start);
  const indent = /^ */.exec(text.slice(line.start, first.start))?.[0] ?? "";
  const edits: TextEdit[] = [];
  const write = (start: number, end: number, newText: string): void => {
    if (text.slice(start, end) !== newText) edits.push(replaceSpan({ start, end }, newText));
  };
  // A line that begins with a tab is deeper than it seems; so are all lines where the header says how deep the text is.
  write(line.start + indent.length, first.start, "");
  const { start, end } = scalar.header;
  write(start, end, `>${text.slice(start + 1, end).replaceAll(/\d/g, "")}`);
  for (const [at, word] of words.slice(1).entries()) {
    const from = words[at]?.end ?? word.start;
    const between = text.slice(from, word.start);
    const newline = /\r?\n/.exec(between)?.[0];
    if (newline !== undefined) write(from, word.start, newline + indent);
    else if (between.includes("\t")) write(from, word.start, " ");
  }
  return edits;
};

/** The same for a plain or quoted scalar, which takes its lines as deep as they are. */
const straightenFlow = (text: string, { scalar }: EndpointList): TextEdit[] => {
  const words = scalar.words();
  return words.slice(1).flatMap((word, at) => {
    const previous = words[at];
    if (previous === undefined || !/[^ ]/.test(word.before)) return [];
    const between = text.slice(previous.end, word.start);
    const last = /\r?\n[^\n]*$/.exec(between)?.[0];
    return [replaceSpan({ start: previous.end, end: word.start }, last ?? " ")];
  });
};

const fixOf = (text: string, list: EndpointList): Fix | undefined => {
  const { scalar } = list;
  if (scalar.style === "literal")
    return { title: "Fold the lines: > in place of |", edits: straightenBlock(text, list) };
  if (scalar.hasEscapes) {
    const raw = text.slice(scalar.body.start, scalar.body.end);
    const joined = raw.replaceAll(/(?:\\[nrt]|\s)+/g, " ").trim();
    if (joined.includes("\\")) return undefined;
    return { title: "Separate the entries by blanks", edits: [replaceSpan(scalar.body, joined)] };
  }
  const edits = scalar.isBlock ? straightenBlock(text, list) : straightenFlow(text, list);
  return edits.length === 0 ? undefined : { title: "Separate the entries by single blanks or lines", edits };
};

const findingOf = (text: string, list: EndpointList): Finding | undefined => {
  const { scalar } = list;
  const words = scalar.words();
  if (words.length === 0) return undefined;
  const fix = fixOf(text, list);
  const fixes = fix === undefined ? [] : [fix];
  const lost =
    "the agent separates entries by blanks only, so it reads the first host with port 0 and loses the others";
  if (scalar.style === "literal") {
    if (firstLost(words) !== undefined) return { ...scalar.header, message: `| keeps line ends: ${lost}`, fixes };
    const message = "| keeps line ends: a second entry would be lost";
    return { ...scalar.header, severity: "hint", message, fixes };
  }
  if (scalar.hasEscapes) {
    if (!/\S\s*[^\S ]\s*\S/.test(scalar.value)) return undefined;
    return { ...scalar.span, message: `an escape stands between entries: ${lost}`, fixes };
  }
  const word = firstLost(words);
  if (word === undefined) return undefined;
  const span: Span = { start: word.start, end: word.end };
  return { ...span, message: `a line end or tab stands before this entry: ${lost}`, fixes };
};

export const newlineSeparated: Rule = {
  id: "endpoint/newline-separated",
  severity: "error",
  title: "Entries are separated by line ends or tabs, and lost",
  why: "The agent splits the list at blanks and at nothing else. Entries that a line end or a tab separates become one: the first host is kept with port 0, and the rest is lost. In production a list of eleven entries became one this way.",
  fix: "`>` in the place of `|`, and lines of one depth without empty ones between them: the text then reads as its author meant it.",
  wrong: "allowed-endpoints: |\n  api.github.com:443\n  github.com:443",
  right: "allowed-endpoints: >\n  api.github.com:443\n  github.com:443",
  *check({ text, lists }) {
    for (const { list } of lists) {
      const finding = findingOf(text, list);
      if (finding !== undefined) yield finding;
    }
  },
};
