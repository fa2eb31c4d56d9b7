// Text from the runner made safe to look at: characters that are invisible, move the cursor or turn the reading direction
// are written out, so that what one reads is what is there.

/** Cap for a cell; the details show more. */
export const CELL_CAP = 1000;
/** Cap for one value in the details. */
export const VALUE_CAP = 20_000;

/**
 * Controls, line and paragraph separators, bidi controls, zero-width and other format characters, tag characters, and
 * halves of surrogate pairs.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0\ufff0-\ufffb]/gu;
const plain = /^[\x20-\x7e]*$/;

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "\x1b": "\\e" };

const escaped = (char: string): string => {
  const code = char.codePointAt(0) ?? 0;
  return (
    named[char] ??
    (code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code > 0xffff ? `{${code.toString(16)}}` : code.toString(16).padStart(4, "0")}`)
  );
};

/** Writes hidden characters out: `\e[31m`, `\u202e`. Does not cap. */
export const escapeHidden = (text: string): string => (plain.test(text) ? text : text.replace(hidden, escaped));

/** `text` for display, at most `cap` characters of it. */
export const visibleText = (text: string, cap: number): string => {
  if (text.length <= cap) return escapeHidden(text);
  // A cut never leaves half of a pair behind.
  const code = text.charCodeAt(cap - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? cap - 1 : cap;
  return `${escapeHidden(text.slice(0, end))}…`;
};

/** The same, keeping line breaks: for JSON and other text shown in a block. */
export const visibleBlock = (text: string, cap: number): string =>
  text
    .split("\n")
    .map((line) => escapeHidden(line))
    .join("\n")
    .slice(0, cap);
