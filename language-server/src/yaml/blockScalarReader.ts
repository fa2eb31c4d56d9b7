// Block scalars of the usual kind: `|` or `>`, with or without `-`, and lines without white space behind the last one.
import type { Scalar } from "yaml";
import { makeScalar } from "./lightNodes.ts";

const HEADER = /^([|>])(-?) *(?: #[^\n]*)?\n/;
const LONGEST_HEADER = 1_000;

const fold = (lines: readonly string[], depth: number): string | undefined => {
  let value = "";
  let separator = "";
  for (const line of lines) {
    if (line.length <= depth && line.trimStart() === "") {
      if (separator === "\n") value += "\n";
      else separator = "\n";
    } else {
      // A deeper line keeps its line ends, which has rules of its own.
      if (line.charCodeAt(depth) === 32) return undefined;
      value += separator + line.slice(depth);
      separator = " ";
    }
  }
  return value;
};

/** The block scalar whose header is at `start`, in a collection at `indent`; undefined where it is of another kind. */
export const readBlockScalar = (text: string, start: number, indent: number): Scalar | undefined => {
  const [header, mode, chomp] = HEADER.exec(text.slice(start, start + LONGEST_HEADER)) ?? [];
  if (header === undefined) return undefined;
  const bodyStart = start + header.length;
  const [blank = "", margin = ""] = /^\n*( *)/.exec(text.slice(bodyStart, bodyStart + LONGEST_HEADER)) ?? [];
  // The margin may go on behind what was looked at.
  if (blank.length === LONGEST_HEADER) return undefined;
  const depth = margin.length;
  if (depth <= indent) return undefined;
  const lines: string[] = [];
  /** Of the last line that is not empty. */
  let end = bodyStart;
  let count = 0;
  for (let at = bodyStart; at < text.length;) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    let column = 0;
    while (text.charCodeAt(at + column) === 32) column++;
    const isBlank = at + column >= lineEnd;
    if (!isBlank && column < depth) break;
    // Blanks without text count for some of what they are in.
    if (isBlank && column > 0) return undefined;
    lines.push(text.slice(at, lineEnd));
    at = newline < 0 ? text.length : newline + 1;
    if (!isBlank) [end, count] = [at, lines.length];
  }
  if (count === 0) return undefined;
  lines.length = count;
  const value = mode === "|" ? lines.map((line) => line.slice(depth)).join("\n") : fold(lines, depth);
  if (value === undefined) return undefined;
  const source = chomp === "-" ? value : `${value}\n`;
  return makeScalar(source, [start, end, end], source, mode === "|" ? "BLOCK_LITERAL" : "BLOCK_FOLDED");
};
