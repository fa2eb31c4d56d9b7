// Chooses which directories to show when there are more than fit: from "/" on, the busiest is unfolded into what is in
// it as long as there is room, so that the rows are where things happened.
import { add, compareText, toRecord, type Counter } from "./counting.ts";
import type { DirectorySummary } from "./runSummary.ts";

/** Operations in one directory; `below` where those in directories below it are counted in. */
export interface DirectoryEntry {
  readonly operations: Counter;
  total: number;
  below: boolean;
}

interface Node {
  readonly path: string;
  readonly children: Map<string, Node>;
  own: DirectoryEntry | undefined;
  total: number;
}

interface Row {
  readonly node: Node;
  /** The row stands for the directory and all below it, not for the directory alone. */
  readonly folded: boolean;
  readonly total: number;
}

const newNode = (path: string): Node => ({ path, children: new Map(), own: undefined, total: 0 });

const treeOf = (entries: ReadonlyMap<string, DirectoryEntry>): Node => {
  const root = newNode("/");
  for (const [path, entry] of entries) {
    let node = root;
    node.total += entry.total;
    for (const name of path.split("/")) {
      if (name === "") continue;
      let child = node.children.get(name);
      if (child === undefined) {
        child = newNode(`${node === root ? "" : node.path}/${name}`);
        node.children.set(name, child);
      }
      child.total += entry.total;
      node = child;
    }
    node.own = entry;
  }
  return root;
};

const rowOf = (node: Node): Row => ({ node, folded: node.children.size > 0, total: node.total });

/** What a folded row becomes: the directory alone, where something happened in it, and those directly below it. */
const unfold = ({ node }: Row): readonly Row[] => {
  const rows = [...node.children.values()].map(rowOf);
  if (node.own !== undefined) rows.push({ node, folded: false, total: node.own.total });
  return rows;
};

const addBelow = (node: Node, to: Counter): void => {
  // By hand, not by recursion: a path can be deeper than the stack.
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [op, count] of next.own?.operations ?? []) add(to, op, count);
    open.push(...next.children.values());
  }
};

const summaryOf = ({ node, folded, total }: Row): DirectorySummary => {
  const operations: Counter = new Map(folded ? [] : node.own?.operations);
  if (folded) addBelow(node, operations);
  return { path: node.path, below: folded || node.own?.below === true, operations: toRecord(operations), total };
};

/** At most `most` rows that together count every entry once, the busiest first. */
export const unfoldDirectories = (
  entries: ReadonlyMap<string, DirectoryEntry>,
  most: number,
): readonly DirectorySummary[] => {
  if (entries.size === 0) return [];
  const done: Row[] = [];
  let open = [rowOf(treeOf(entries))];
  while (open.length > 0) {
    open.sort((a, b) => b.total - a.total || compareText(a.node.path, b.node.path));
    const [busiest, ...others] = open;
    if (busiest === undefined) break;
    const parts = busiest.folded ? unfold(busiest) : [];
    if (parts.length === 0 || done.length + others.length + parts.length > most) {
      done.push(busiest);
      open = others;
    } else {
      open = [...others, ...parts];
    }
  }
  return done.toSorted((a, b) => b.total - a.total || compareText(a.node.path, b.node.path)).map(summaryOf);
};
