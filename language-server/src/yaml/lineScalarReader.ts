// Scalars that end on the line that they begin on: plain ones, and quoted ones without escapes. Each reader gives undefined for
// what is of another kind; what is read ends at `range[1]`.
import { Document, Scalar } from "yaml";
import { makeScalar } from "./lightNodes.ts";

const [NEWLINE, BLANK, HASH, DASH, DOT, COLON, QUESTION] = [10, 32, 35, 45, 46, 58, 63];
const [DOUBLE, SINGLE, BACKSLASH] = [34, 39, 92];

/** What cannot begin a plain scalar, or is not read here: anchors, aliases, tags. */
const NOT_PLAIN = new Set([..."#,[]{}&*!|>'\"%@`"].map((character) => character.charCodeAt(0)));

/** Plain scalars inside of brackets of a kind that needs no second look. */
const FLOW_PLAIN = /-?[A-Za-z0-9_./~^](?:[^,[\]{}:#\s]| (?=[^,[\]{}:#\s]))*/y;

/** The package's own, so that what is a number here is one there. */
const TAGS = new Document(undefined, { merge: false }).schema.tags;
const MAY_BE_NO_STRING = /^(?:[-+.\d~]|$|[nN](?:ull|ULL)$|[tT](?:rue|RUE)$|[fF](?:alse|ALSE)$)/;

const valueOf = (source: string): unknown => {
  if (!MAY_BE_NO_STRING.test(source)) return source;
  for (const tag of TAGS) {
    if (tag.default !== true || tag.collection !== undefined || tag.test?.test(source) !== true) continue;
    const resolve = tag.resolve as (text: string, onError: () => void, options: object) => unknown;
    const value = resolve(source, () => undefined, {});
    return value instanceof Scalar ? value.value : value;
  }
  return source;
};

const scalarAt = (start: number, end: number, value: unknown, source: string, type: Scalar.Type): Scalar =>
  makeScalar(value, [start, end, end], source, type);

/** A value that is not there. */
export const nothingAt = (place: number): Scalar => scalarAt(place, place, null, "", "PLAIN");

/** Does a value follow the colon at this place? */
export const isColonAt = (text: string, at: number): boolean => {
  if (text.charCodeAt(at) !== COLON) return false;
  const next = text.charCodeAt(at + 1);
  return next === BLANK || next === NEWLINE || at + 1 >= text.length;
};

const readQuoted = (text: string, start: number, quote: number): Scalar | undefined => {
  let end = start + 1;
  let hasPairs = false;
  for (; ; end++) {
    const code = text.charCodeAt(end);
    // Escapes, and what goes on in the next line.
    if (code === NEWLINE || Number.isNaN(code) || (code === BACKSLASH && quote === DOUBLE)) return undefined;
    if (code !== quote) continue;
    if (quote === DOUBLE || text.charCodeAt(end + 1) !== SINGLE) break;
    hasPairs = true;
    end++;
  }
  const inner = text.slice(start + 1, end);
  const value = hasPairs ? inner.replaceAll("''", "'") : inner;
  return scalarAt(start, end + 1, value, value, quote === DOUBLE ? "QUOTE_DOUBLE" : "QUOTE_SINGLE");
};

const plainAt = (text: string, start: number, end: number): Scalar => {
  const source = text.slice(start, end);
  return scalarAt(start, end, valueOf(source), source, "PLAIN");
};

const readPlain = (text: string, start: number): Scalar | undefined => {
  const first = text.charCodeAt(start);
  const second = text.charCodeAt(start + 1);
  const isIndicator = first === DASH || first === QUESTION || first === COLON;
  if (isIndicator && (second === BLANK || second === NEWLINE || Number.isNaN(second))) return undefined;
  // The start or the end of a document.
  if ((first === DASH || first === DOT) && second === first && text.charCodeAt(start + 2) === first) return undefined;
  let end = start;
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || Number.isNaN(code) || (code === COLON && isColonAt(text, at))) break;
    if (code !== BLANK) end = at + 1;
    else if (text.charCodeAt(at + 1) === HASH) break;
  }
  return end === start ? undefined : plainAt(text, start, end);
};

/** A scalar outside of brackets: a key, or a value. */
export const readLineScalar = (text: string, start: number): Scalar | undefined => {
  const code = text.charCodeAt(start);
  if (code === DOUBLE || code === SINGLE) return readQuoted(text, start, code);
  if (NOT_PLAIN.has(code) || code === NEWLINE || Number.isNaN(code)) return undefined;
  return readPlain(text, start);
};

/** A scalar inside of brackets. */
export const readFlowScalar = (text: string, start: number): Scalar | undefined => {
  const code = text.charCodeAt(start);
  if (code === DOUBLE || code === SINGLE) return readQuoted(text, start, code);
  FLOW_PLAIN.lastIndex = start;
  const source = FLOW_PLAIN.exec(text)?.[0];
  return source === undefined ? undefined : plainAt(text, start, start + source.length);
};
