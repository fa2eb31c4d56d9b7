// Text from a runner is written by whoever runs code there. Before it is shown it loses the characters that are not seen
// or that change how others are seen (controls, bidirectional overrides, zero widths), and its length.

/** Controls, format characters, line and paragraph separators, private use, unassigned, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

const codePoint = (character: string): string => {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
};

/** `text` with each unseen character written as an escape, and its middle left out beyond `most` characters. */
export const plainText = (text: string, most = 200): string => {
  let cut = text;
  if (text.length > most) {
    const head = Math.ceil((most - 1) * 0.6);
    cut = `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
  }
  return cut.replace(UNSEEN, codePoint);
};
