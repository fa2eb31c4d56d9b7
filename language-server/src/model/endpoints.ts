// The entries of a list of endpoints, as its author meant them: words, split at any white space.
import type { Scalar } from "yaml";
import type { ScalarText } from "../yaml/scalarText.ts";
import type { Span } from "../yaml/span.ts";
import type { EntryFault } from "./entrySyntax.ts";

export interface Entry extends Span {
  readonly text: string;
  /** What stands before the colon, and behind it; no port where there is no colon. */
  readonly host: string;
  readonly port: string | undefined;
  /** It is, or holds, an expression: nobody can say what it is. */
  readonly isExpression: boolean;
  /** What is wrong with it by itself, once somebody has asked `faultOf`. */
  fault?: EntryFault | "none";
}

export interface EndpointList {
  readonly scalar: ScalarText;
  readonly entries: readonly Entry[];
  /** From each `#` to the last word of its line. */
  readonly comments: readonly Span[];
  /** All words, those of comments too. */
  readonly words: readonly Span[];
}

/** `[v6]:port` keeps its brackets on the host; a bare IPv6 address has no port. */
const splitEntry = (text: string): { host: string; port: string | undefined } => {
  const bracket = /^(\[[^\]]*\])(?::(.*))?$/.exec(text);
  if (bracket !== null) return { host: bracket[1] ?? "", port: bracket[2] };
  if (/^[\da-f]*:[\da-f:.]*(?:\/\d+)?$/i.test(text) && text.split(":").length > 2)
    return { host: text, port: undefined };
  const colon = text.indexOf(":");
  return colon < 0 ? { host: text, port: undefined } : { host: text.slice(0, colon), port: text.slice(colon + 1) };
};

/** A list that many steps share is read once. */
const known = new WeakMap<Scalar, EndpointList>();

export const readEndpoints = (scalar: ScalarText, text: string): EndpointList => {
  let list = known.get(scalar.node);
  if (list === undefined) known.set(scalar.node, (list = readList(scalar, text)));
  return list;
};

const readList = (scalar: ScalarText, text: string): EndpointList => {
  const entries: Entry[] = [];
  const comments: { start: number; end: number }[] = [];
  const words = scalar.words();
  /** The comment that goes on to the end of the line. */
  let open: { start: number; end: number } | undefined;
  for (const [at, word] of words.entries()) {
    if (open !== undefined && text.slice(words[at - 1]?.end, word.start).includes("\n")) open = undefined;
    if (open !== undefined) {
      open.end = word.end;
      continue;
    }
    if (word.text.startsWith("#")) {
      comments.push((open = { start: word.start, end: word.end }));
      continue;
    }
    const { start, end } = word;
    entries.push({ text: word.text, start, end, ...splitEntry(word.text), isExpression: word.text.includes("${{") });
  }
  return { scalar, entries, comments, words };
};
