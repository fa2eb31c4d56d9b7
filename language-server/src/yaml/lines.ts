// The lines of a YAML file, with how deep each is.

export interface Line {
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
  /** Blanks in front. */
  readonly indent: number;
  /** How many dashes begin it. */
  readonly dashes: number;
  /** Where what follows blanks and dashes begins: as a column, and in the file. */
  readonly column: number;
  readonly key: number;
  /** That, without the line end. */
  readonly text: string;
  readonly isBlank: boolean;
  readonly isComment: boolean;
  /** It is text of a block scalar, whatever it looks like. */
  readonly isContent: boolean;
}

const BLOCK = /(?:^|[\s:-])[|>](?:\d?[+-]?|[+-]\d)[ \t]*(?:#.*)?$/;

export const readLines = (text: string): readonly Line[] => {
  const lines: Line[] = [];
  /** Lines deeper than this are a block scalar's. */
  let block = Infinity;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline + 1;
    const raw = text.slice(start, end).trimEnd();
    const indent = /^[ \t\ufeff]*/.exec(raw)?.[0].length ?? 0;
    const isBlank = raw.length === indent;
    if (!isBlank && indent <= block) block = Infinity;
    const isContent = indent > block;
    const dashes = isContent ? "" : (/^(?:-[ \t]+)*/.exec(raw.slice(indent))?.[0] ?? "");
    const column = indent + dashes.length;
    const rest = raw.slice(column);
    const isComment = !isContent && rest.startsWith("#");
    lines.push({
      start,
      end,
      indent,
      dashes: dashes.split("-").length - 1,
      column,
      key: start + column,
      text: rest,
      isBlank,
      isComment,
      isContent,
    });
    if (!isBlank && !isContent && !isComment && BLOCK.test(rest)) block = /^[|>]/.test(rest) ? indent : column;
    start = end;
  }
  return lines;
};
