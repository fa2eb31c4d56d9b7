// The run by where it went: host, then process, then its queries, connections and requests.
import { type Grouping, GroupedTree, nodes } from "./groupedTree.ts";
import { kindOf, kinds, NONE, ROOT } from "./rowKinds.ts";
import type { RunModel } from "./runModel.ts";

/** What differs between names of one host: case, the dot of the root, brackets and the port of a Host header. */
const plainHost = (host: string): string => {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(host)?.[1] ?? /^([^:]+):\d+$/.exec(host)?.[1] ?? host;
  const lower = bare.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
};
const mayDiffer = /[A-Z:]|\.$/;

/** The text number of the host that a row of the model is about: its name, else its address; 0 where neither is known. */
export const hostOf = (model: RunModel, modelRow: number): number => {
  const { rows, flows, notes, strings } = model;
  const ref = rows.ref[modelRow] ?? 0;
  const host =
    kindOf(rows.tag[modelRow] ?? 0) === kinds.net ? flows.host[ref] || (flows.ip[ref] ?? 0) : (notes.host[ref] ?? 0);
  const text = strings.text(host);
  if (!mayDiffer.test(text)) return host;
  const plain = plainHost(text);
  if (plain === text) return host;
  const known = strings.find(plain);
  if (known >= 0) return known;
  return model.hasRoom ? strings.intern(plain) : host;
};

const parentFor = (tree: GroupedTree, modelRow: number): number => {
  const { model } = tree;
  const host = hostOf(model, modelRow);
  const hostRow = tree.find(nodes.host, 0, host, 0) || tree.addGroup(nodes.host, ROOT, 0, host, 0, ROOT);
  const owner = model.rows.owner[modelRow] ?? NONE;
  // Who did it is not known: the row stands right below its host.
  if (owner === NONE) return hostRow;
  return (
    tree.find(nodes.process, owner, host, 0) ||
    tree.addGroup(nodes.process, hostRow, owner, host, 0, model.processes.row[owner] ?? ROOT)
  );
};

const byHost: Grouping = {
  name: "network",
  shows: (kind) => kind === kinds.net || kind === kinds.dns || kind === kinds.http || kind === kinds.firewall,
  add: (tree, modelRow) => tree.addRow(parentFor(tree, modelRow), modelRow),
  parentFor,
  // Hosts with their processes read like a table; single calls are a key away.
  isOpenAtFirst: (kind) => kind !== nodes.process,
};

export const networkTree = (model: RunModel, limit?: number): GroupedTree => new GroupedTree(model, byHost, limit);
