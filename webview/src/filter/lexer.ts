// The filter's text into terms with their positions: `host:*.github.com pid:812 -comm:git "npm ci" port:80,443`.
// Terms are separated by spaces; `-` negates; a key ends with a colon; quotes keep spaces, commas and stars as they are.

/** One of the alternatives of a term's value. */
export interface Value {
  readonly text: string;
  /** A quoted value is taken literally: its stars are stars. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

export interface Term {
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  /** Lower case; undefined for a bare word. */
  readonly key: string | undefined;
  readonly keyStart: number;
  /** Where the value begins: behind the colon. */
  readonly valueStart: number;
  readonly values: readonly Value[];
  /** The position of a quote that is never closed. */
  readonly openQuote: number | undefined;
}

const isSpace = (char: string | undefined): boolean => char === " " || char === "\t" || char === "\n";
const keyPattern = /([a-z][a-z-]*):/iy;

interface Read {
  readonly value: Value;
  readonly openQuote: number | undefined;
}

/** Reads one value up to a space, or to a comma or closing bracket where the term lists several. */
const readValue = (text: string, start: number, isList: boolean): Read => {
  let at = start;
  let out = "";
  let quoted = false;
  let openQuote: number | undefined;
  while (at < text.length && !isSpace(text[at])) {
    const char = text[at];
    if (isList && (char === "," || char === ")")) break;
    if (char !== '"') {
      out += char;
      at += 1;
      continue;
    }
    quoted = true;
    openQuote = at;
    at += 1;
    while (at < text.length) {
      const inner = text[at];
      if (inner === '"') {
        openQuote = undefined;
        at += 1;
        break;
      }
      const escaped = inner === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\");
      out += escaped ? text[at + 1] : inner;
      at += escaped ? 2 : 1;
    }
  }
  return { value: { text: out, quoted, start, end: at }, openQuote };
};

const readTerm = (text: string, start: number): Term => {
  const negated = text[start] === "-" && start + 1 < text.length && !isSpace(text[start + 1]);
  const keyStart = negated ? start + 1 : start;
  keyPattern.lastIndex = keyStart;
  const match = keyPattern.exec(text);
  const key = match?.[1]?.toLowerCase();
  const valueStart = match === null ? keyStart : keyPattern.lastIndex;
  const isList = key !== undefined;
  const bracketed = isList && text[valueStart] === "(";
  let at = bracketed ? valueStart + 1 : valueStart;
  const values: Value[] = [];
  let openQuote: number | undefined;
  for (;;) {
    const read = readValue(text, at, isList);
    openQuote ??= read.openQuote;
    if (read.value.text !== "" || read.value.quoted) values.push(read.value);
    at = read.value.end;
    if (!isList || text[at] !== ",") break;
    at += 1;
  }
  // A bracket closes the list; what follows it up to the next space belongs to nothing and is left out.
  while (at < text.length && !isSpace(text[at])) at += 1;
  return { start, end: at, negated, key, keyStart, valueStart, values, openQuote };
};

/** Never fails: what cannot be read is for the parser to complain about. */
export const lex = (text: string): Term[] => {
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at])) {
      at += 1;
      continue;
    }
    const term = readTerm(text, at);
    terms.push(term);
    at = Math.max(term.end, at + 1);
  }
  return terms;
};
