// Text between double quotes as YAML reads it, with the place of each of its characters in the file.

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\u0007",
  b: "\b",
  e: "\u001b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  "\t": "\t",
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

export interface DecodedText {
  readonly text: string;
  /** Where each UTF-16 unit of `text` begins in the raw one; one more for the end. */
  readonly starts: readonly number[];
}

/** What an escape at `at` (of the backslash) stands for, and how long it is; undefined for one that YAML does not have. */
const escapeAt = (raw: string, at: number): { readonly text: string; readonly length: number } | undefined => {
  const letter = raw[at + 1] ?? "";
  const simple = ESCAPES[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  const digits = HEX_DIGITS[letter];
  if (digits !== undefined) {
    const hex = raw.slice(at + 2, at + 2 + digits);
    if (hex.length !== digits || !/^[\da-f]+$/i.test(hex) || Number.parseInt(hex, 16) > 0x10ffff) return undefined;
    return { text: String.fromCodePoint(Number.parseInt(hex, 16)), length: 2 + digits };
  }
  // A line that goes on in the next one.
  const joined = /^\r?\n[ \t]*/.exec(raw.slice(at + 1, at + 1 + 4096))?.[0].length;
  return joined === undefined ? undefined : { text: "", length: 1 + joined };
};

/** Reads what stands between double quotes; undefined where something in it is not understood. */
export const decodeDoubleQuoted = (raw: string): DecodedText | undefined => {
  const pieces: string[] = [];
  const starts: number[] = [];
  const put = (text: string, at: number): void => {
    pieces.push(text);
    for (let unit = 0; unit < text.length; unit++) starts.push(at);
  };
  const FOLD = /[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/y;
  for (let at = 0; at < raw.length;) {
    const character = raw[at] ?? "";
    if (character === "\\") {
      const escape = escapeAt(raw, at);
      if (escape === undefined) return undefined;
      put(escape.text, at);
      at += escape.length;
      continue;
    }
    FOLD.lastIndex = at;
    const fold = /\s/.test(character) ? FOLD.exec(raw)?.[0] : undefined;
    if (fold === undefined) {
      put(character, at);
      at += 1;
      continue;
    }
    const lines = fold.split("\n").length - 1;
    put(lines === 1 ? " " : "\n".repeat(lines - 1), at);
    at += fold.length;
  }
  starts.push(raw.length);
  return { text: pieces.join(""), starts };
};
