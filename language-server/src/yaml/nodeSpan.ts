import type { Span } from "./span.ts";

/** Where a node stands, without the blanks and lines behind it. */
export const nodeSpan = (node: unknown): Span => {
  const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range;
  return range === undefined || range === null ? { start: 0, end: 0 } : { start: range[0], end: range[1] };
};
