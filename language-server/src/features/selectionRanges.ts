// What a selection grows to: host, entry, list, value, input, step, job, file.
import { isMap, isSeq } from "yaml";
import type { SelectionRange } from "vscode-languageserver/node";
import type { Positions } from "../lint/positions.ts";
import type { MonitorStep } from "../model/monitorSteps.ts";
import type { Policy } from "../model/policies.ts";
import { readEndpoints } from "../model/endpoints.ts";
import { nodeSpan, type Workflow } from "../model/workflow.ts";
import type { Span } from "../yaml/span.ts";

const DEEPEST = 100;

const holds = ({ start, end }: Span, offset: number): boolean => offset >= start && offset <= end;

/** The nodes and pairs that hold a place, from the outermost on. */
const nodesAt = (text: string, root: unknown, offset: number): Span[] => {
  const trimmed = ({ start, end }: Span): Span => ({ start, end: start + text.slice(start, end).trimEnd().length });
  const spans: Span[] = [];
  let node = root;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const span = trimmed(nodeSpan(node));
    if (!holds(span, offset)) break;
    spans.push(span);
    let next: unknown;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const [from, to] = [nodeSpan(key), nodeSpan(value)];
        const pair = trimmed({ start: from.start, end: Math.max(from.end, to.end) });
        if (!holds(pair, offset)) continue;
        spans.push(pair);
        next = holds(from, offset) ? key : value;
        break;
      }
    } else if (isSeq(node)) next = node.items.find((item) => holds(trimmed(nodeSpan(item)), offset));
    if (next === undefined) break;
    node = next;
  }
  return spans;
};

/** The list, the entry and its host at a place. */
const listAt = (
  text: string,
  policies: readonly Policy[],
  monitors: readonly MonitorStep[],
  offset: number,
): Span[] => {
  const lists = [
    ...policies.flatMap((policy) => policy.lists),
    ...monitors.flatMap(({ list }) => (list === undefined ? [] : [readEndpoints(list, text)])),
  ];
  const list = lists.find(({ scalar }) => holds(scalar.content, offset));
  if (list === undefined) return [];
  const entry = list.entries.find((one) => holds(one, offset));
  if (entry === undefined) return [list.scalar.content];
  const host = { start: entry.start, end: entry.start + entry.host.length };
  return [list.scalar.content, entry, ...(holds(host, offset) && !entry.isExpression ? [host] : [])];
};

/** For each place, the innermost range and those around it. */
export const selectionRanges = (
  workflow: Workflow,
  policies: readonly Policy[],
  monitors: readonly MonitorStep[],
  positions: Positions,
  offsets: readonly number[],
): SelectionRange[] =>
  offsets.map((offset) => {
    const { text, root } = workflow;
    const spans = [
      { start: 0, end: text.length },
      ...nodesAt(text, root, offset),
      ...listAt(text, policies, monitors, offset),
    ];
    let range: SelectionRange | undefined;
    let outer: Span | undefined;
    for (const span of spans.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
      const isInside = outer === undefined || (span.start >= outer.start && span.end <= outer.end);
      const isSmaller = outer === undefined || span.end - span.start < outer.end - outer.start;
      if (!isInside || !isSmaller) continue;
      range = { range: positions.range(span), ...(range === undefined ? {} : { parent: range }) };
      outer = span;
    }
    const at = positions.at(offset);
    return range ?? { range: { start: at, end: at } };
  });
