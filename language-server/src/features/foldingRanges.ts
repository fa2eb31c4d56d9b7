// What can be folded: everything that is indented below a line, so also long lists. An editor that is given our ranges makes
// none of its own, so these are all that a YAML file has.
import { FoldingRangeKind, type FoldingRange } from "vscode-languageserver/node";

/** A line's depth: its blanks, and for an item of a sequence half a step more, as it can stand right below its key. */
const depthOf = (line: string): number => {
  const blanks = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return blanks * 2 + (/^[ \t]*-(?: |$)/.test(line) ? 1 : 0);
};

const isComment = (line: string): boolean => /^\s*#/.test(line);

/** In the order of their first lines; at most `limit`. */
export const foldingRanges = (text: string, limit: number): FoldingRange[] => {
  const ranges: FoldingRange[] = [];
  const open: { readonly line: number; readonly depth: number }[] = [];
  let last = -1;
  const close = (depth: number): void => {
    for (let top = open.at(-1); top !== undefined && top.depth >= depth; top = open.at(-1)) {
      open.pop();
      if (last > top.line) ranges.push({ startLine: top.line, endLine: last });
    }
  };
  let comment = -1;
  const lines = text.split(/\r?\n/);
  for (const [number, line] of lines.entries()) {
    if (isComment(line)) {
      if (comment < 0) comment = number;
    } else {
      if (comment >= 0 && number - comment > 1)
        ranges.push({ startLine: comment, endLine: number - 1, kind: FoldingRangeKind.Comment });
      comment = -1;
    }
    if (line.trim() === "") continue;
    const depth = depthOf(line);
    close(depth);
    open.push({ line: number, depth });
    last = number;
  }
  close(-1);
  return ranges.toSorted((a, b) => a.startLine - b.startLine || b.endLine - a.endLine).slice(0, limit);
};
