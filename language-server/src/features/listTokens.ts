// The parts of a list's entries, for editors that colour them: inside of a scalar YAML sees one text.
import { SemanticTokensBuilder, type SemanticTokens, type SemanticTokensLegend } from "vscode-languageserver/node";
import type { Positions } from "../lint/positions.ts";
import { readEndpoints } from "../model/endpoints.ts";
import type { MonitorStep } from "../model/monitorSteps.ts";
import type { Policy } from "../model/policies.ts";
import type { ScalarText } from "../yaml/scalarText.ts";
import type { Span } from "../yaml/span.ts";

const TYPES = ["variable", "operator", "number", "keyword", "string", "comment"] as const;
type TokenType = (typeof TYPES)[number];

export const TOKENS_LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [] };

interface Token extends Span {
  readonly type: TokenType;
}

const HOST_PORT = /^(.*?)(?::(\d+|\*))?(\/(?:udp|tcp))?$/i;
const METHODS = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE)(?:\|[A-Z]+)*$/;

/** The parts of one entry, from `start` on. */
const partsOf = (entry: string, start: number, isOurs: boolean): Token[] => {
  const tokens: Token[] = [];
  const add = (from: number, length: number, type: TokenType): void => {
    if (length > 0) tokens.push({ start: start + from, end: start + from + length, type });
  };
  if (isOurs && /^https?:\/\//i.test(entry)) add(0, entry.length, "string");
  else if (isOurs && METHODS.test(entry)) add(0, entry.length, "keyword");
  else {
    const [, host = "", port, protocol] = HOST_PORT.exec(entry) ?? [];
    for (const { 0: part, index } of host.matchAll(/\*|[^*]+/g))
      add(index, part.length, part === "*" ? "operator" : "variable");
    if (port !== undefined) add(host.length + 1, port.length, port === "*" ? "operator" : "number");
    if (protocol !== undefined) add(entry.length - protocol.length + 1, protocol.length - 1, "keyword");
  }
  return tokens;
};

const tokensIn = (list: ScalarText, text: string, isOurs: boolean): Token[] => {
  const { entries, comments } = readEndpoints(list, text);
  const tokens = entries.flatMap((entry) => {
    // What an escape stands for has other places.
    const isAsWritten = text.slice(entry.start, entry.end) === entry.text;
    return entry.isExpression || !isAsWritten ? [] : partsOf(entry.text, entry.start, isOurs);
  });
  // To Harden-Runner there are no comments: they are not to look like some.
  return isOurs ? [...tokens, ...comments.map(({ start, end }): Token => ({ start, end, type: "comment" }))] : tokens;
};

/** Of all lists of a file; in `within` only, where that is given. */
export const listTokens = (
  text: string,
  policies: readonly Policy[],
  monitors: readonly MonitorStep[],
  positions: Positions,
  within?: Span,
): SemanticTokens => {
  const theirs = new Map(policies.flatMap(({ lists }) => lists.map(({ scalar }) => [scalar.node, scalar] as const)));
  const tokens = [...theirs.values()].flatMap((list) => tokensIn(list, text, false));
  for (const { list, dialect } of monitors)
    if (list !== undefined) tokens.push(...tokensIn(list, text, dialect !== "harden-runner"));
  const builder = new SemanticTokensBuilder();
  for (const { start, end, type } of tokens.toSorted((a, b) => a.start - b.start)) {
    if (within !== undefined && (end < within.start || start > within.end)) continue;
    const { line, character } = positions.at(start);
    builder.push(line, character, end - start, TYPES.indexOf(type), 0);
  }
  return builder.build();
};
