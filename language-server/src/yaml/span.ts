/** A piece of a file: offsets in UTF-16 units, `end` behind its last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TextEdit extends Span {
  readonly newText: string;
}

export const textAt = (text: string, { start, end }: Span): string => text.slice(start, end);

/** Where the line begins that `offset` is in, and where it ends, before its line end. */
export const lineAt = (text: string, offset: number): Span => {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const newline = text.indexOf("\n", offset);
  const end = newline < 0 ? text.length : newline;
  return { start, end: text[end - 1] === "\r" && end > start ? end - 1 : end };
};

/** The text that was asked about last: the fixes of a file ask again and again, and each time it would be read as a whole. */
let last: { readonly text: string; readonly lineEnd: "\r\n" | "\n" } = { text: "", lineEnd: "\n" };

/** The line end that the file uses. */
export const lineEndOf = (text: string): "\r\n" | "\n" => {
  if (last.text !== text) last = { text, lineEnd: text.includes("\r\n") ? "\r\n" : "\n" };
  return last.lineEnd;
};
