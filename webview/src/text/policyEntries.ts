// `host:port` of what a row of any view stands for, as an egress policy has it.
import { endpointText } from "../model/applyNet.ts";
import { GroupedTree, nodes } from "../model/groupedTree.ts";
import { kindOf, kinds, NONE, ROOT } from "../model/rowKinds.ts";
import type { ViewTree } from "../model/viewTree.ts";
import { policyEntry } from "./copyAs.ts";

export interface DestinationBelow {
  readonly ip: string;
  readonly entry: string;
}

/** Rows below a group that are looked at, and destinations that are told: what one asks for by hand must be quick. */
const MAX_ROWS = 5000;
const MAX_DESTINATIONS = 50;

/** The distinct destinations of the connections below a host or a process, in the order of time. */
export const endpointsBelow = (tree: GroupedTree, top: number): DestinationBelow[] => {
  const { columns, model } = tree;
  const found = new Map<string, DestinationBelow>();
  const look = (row: number): void => {
    const shown = tree.modelRow(row);
    if (kindOf(model.rows.tag[shown] ?? 0) !== kinds.net) return;
    const flow = model.rows.ref[shown] ?? 0;
    const ip = model.text(model.flows.ip[flow]);
    const entry = policyEntry(model, shown) ?? endpointText(ip, model.flows.port[flow] ?? 0);
    found.set(`${entry} ${ip}`, { ip, entry });
  };
  let row = columns.first[top] ?? NONE;
  for (let seen = 0; row !== NONE && seen < MAX_ROWS && found.size < MAX_DESTINATIONS; seen++) {
    look(row);
    const child = columns.first[row] ?? NONE;
    if (child !== NONE) {
      row = child;
      continue;
    }
    while (row !== top && (columns.next[row] ?? NONE) === NONE) row = columns.parent[row] ?? ROOT;
    row = row === top ? NONE : (columns.next[row] ?? NONE);
  }
  return [...found.values()];
};

/** One entry a line, or undefined where the row is about no connection. */
export const policyEntries = (tree: ViewTree, row: number): string | undefined => {
  const shown = tree.modelRow(row);
  if (!(tree instanceof GroupedTree)) return policyEntry(tree.model, shown);
  const kind = tree.kind(row);
  if (kind !== nodes.host && kind !== nodes.process) return policyEntry(tree.model, shown);
  const entries = new Set(endpointsBelow(tree, row).map(({ entry }) => entry));
  return entries.size === 0 ? undefined : [...entries].join("\n");
};
