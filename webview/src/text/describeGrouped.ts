// What the rows of the network and the files view say in each column.
import { opBits, flag, kinds, NONE, ROOT } from "../model/rowKinds.ts";
import { ALLOWED, type GroupedTree, nodes } from "../model/groupedTree.ts";
import { describeRow, opsText, type RowText, times, type Tone, trafficText } from "./describeRow.ts";
import { formatClock, formatCount, formatOffset, plural } from "./format.ts";
import { originText } from "./origin.ts";

const outcome = (tree: GroupedTree, row: number): { result: string; tone: Tone } => {
  const { sums, at } = tree.sumsOf(row);
  const flags = sums.flags[at] ?? 0;
  const hits = sums.hits[at] ?? 0;
  const failed = sums.failed[at] ?? 0;
  if ((flags & flag.denied) !== 0) return { result: "blocked", tone: "denied" };
  if ((flags & flag.wouldBlock) !== 0) return { result: "would block", tone: "warn" };
  if (failed > 0) {
    return {
      result: failed === hits ? `failed${times(failed)}` : `${formatCount(failed)} of ${formatCount(hits)} failed`,
      tone: "bad",
    };
  }
  if ((flags & flag.failed) !== 0) {
    const calls = hits + (sums.requests[at] ?? 0) + (sums.queries[at] ?? 0);
    return { result: calls === 1 ? "failed" : "some failed", tone: "bad" };
  }
  if (hits > 0) {
    return { result: `${(flags & ALLOWED) === 0 ? "ok" : "allowed"}${times(hits)}`, tone: "quiet" };
  }
  return { result: callsText(tree, row), tone: "quiet" };
};

/** `9 connections, 2 requests, 1 query`. */
export const callsText = (tree: GroupedTree, row: number): string => {
  const { sums, at } = tree.sumsOf(row);
  const counts = [
    [sums.hits[at] ?? 0, "connection", "connections"],
    [sums.requests[at] ?? 0, "request", "requests"],
    [sums.queries[at] ?? 0, "query", "queries"],
  ] as const;
  return counts.flatMap(([count, one, many]) => (count === 0 ? [] : [plural(count, one, many)])).join(", ");
};

/** `180 changes`; reads of sensitive files are called what they are. */
export const changesText = (tree: GroupedTree, row: number): string => {
  const { sums, at } = tree.sumsOf(row);
  const ops = sums.ops[at] ?? 0;
  const word = (ops & opBits.read) === 0 ? "change" : ops === opBits.read ? "read" : "operation";
  return plural(sums.hits[at] ?? 0, word);
};

/** Name and arguments of the process that a row of the model belongs to, in short. */
const processText = (tree: GroupedTree, modelRow: number): { label: string; description: string } => {
  const { model } = tree;
  const owner = model.rows.owner[modelRow] ?? NONE;
  if (owner === NONE) return { label: "process not known", description: "" };
  return describeRow(model, model.processes.row[owner] ?? ROOT, 0);
};

/** Children of a file that are looked at for the names of their programs. */
const MAX_PROGRAMS = 4;

/** The names of the programs that did something to a file, the first few of them. */
const programsBelow = (tree: GroupedTree, row: number): string => {
  const { children, first, next } = tree.columns;
  const names = new Set<string>();
  let at = first[row] ?? NONE;
  let left = children[row] ?? 0;
  for (let i = 0; at !== NONE && i < MAX_PROGRAMS; i++, left--) {
    names.add(processText(tree, tree.modelRow(at)).label);
    at = next[at] ?? NONE;
  }
  return [...names, ...(left > 0 ? [`${formatCount(left)} more`] : [])].join(", ");
};

/** The name of a directory, as seen from the heap that it stands below. */
export const directoryName = (tree: GroupedTree, row: number): string => {
  const { keyA, parent, tag } = tree.columns;
  const path = tree.model.text(keyA[row]);
  const above = parent[row] ?? ROOT;
  return tag[above] === nodes.heap ? path.slice(tree.model.text(keyA[above]).length + 1) : path;
};

export const hostName = (tree: GroupedTree, row: number): string =>
  tree.model.text(tree.columns.keyA[row]) || "host not known";

const blank = {
  kind: kinds.root,
  badge: "",
  duration: "",
  bytes: "",
} as const;

type Parts = Omit<RowText, "clock" | "offset">;

const hostParts = (tree: GroupedTree, row: number): Parts => {
  const { sums, at } = tree.sumsOf(row);
  const { result, tone } = outcome(tree, row);
  const calls = callsText(tree, row);
  return {
    ...blank,
    icon: tone === "denied" ? "circle-slash" : "globe",
    iconLabel: "host",
    label: hostName(tree, row),
    description: `${plural(sums.children[at] ?? 0, "process", "processes")}, ${calls}`,
    result,
    tone,
    bytes: trafficText(sums.sent[at] ?? 0, sums.received[at] ?? 0),
  };
};

const processParts = (tree: GroupedTree, row: number, nowT: number): Parts => {
  const { model } = tree;
  const { sums, at } = tree.sumsOf(row);
  return {
    ...describeRow(model, tree.modelRow(row), nowT),
    badge: originText(model, tree.modelRow(row)),
    ...outcome(tree, row),
    duration: "",
    bytes: trafficText(sums.sent[at] ?? 0, sums.received[at] ?? 0),
  };
};

const directoryParts = (tree: GroupedTree, row: number): Parts => {
  const { sums, at } = tree.sumsOf(row);
  return {
    ...blank,
    icon: "folder",
    iconLabel: "directory",
    label: directoryName(tree, row),
    description: plural(sums.files[at] ?? 0, "file"),
    result: changesText(tree, row),
    tone: "quiet",
  };
};

const fileParts = (tree: GroupedTree, row: number, nowT: number): Parts => {
  const { columns, model } = tree;
  const shown = tree.modelRow(row);
  if (shown !== ROOT) {
    const { label, description } = processText(tree, shown);
    const own = describeRow(model, shown, nowT);
    const from = model.text(model.rows.ref[shown]);
    return {
      ...own,
      description: `${label} ${description}${from === "" ? "" : `  from ${from}`}`.trim(),
      badge: originText(model, shown),
    };
  }
  const { sums, at } = tree.sumsOf(row);
  const { icon, words } = opsText(sums.ops[at] ?? 0);
  return {
    ...blank,
    kind: kinds.file,
    icon,
    iconLabel: "file",
    label: model.text(columns.keyB[row]) || model.text(columns.keyA[row]),
    description: programsBelow(tree, row),
    result: `${words}${times(sums.hits[at] ?? 0)}`,
    tone: "quiet",
  };
};

/** One process at a file that several rows of the model are about. */
const operationParts = (tree: GroupedTree, modelRow: number, nowT: number): Parts => {
  const { model } = tree;
  const from = model.text(model.rows.ref[modelRow]);
  const { label, description } = processText(tree, modelRow);
  return {
    ...describeRow(model, modelRow, nowT),
    label,
    description: `${description}${from === "" ? "" : `  from ${from}`}`.trim(),
    badge: originText(model, modelRow),
  };
};

const partsOf = (tree: GroupedTree, row: number, nowT: number): Parts => {
  switch (tree.kind(row)) {
    case nodes.host:
      return hostParts(tree, row);
    case nodes.process:
      return processParts(tree, row, nowT);
    case nodes.heap:
    case nodes.directory:
      return directoryParts(tree, row);
    case nodes.file:
      return fileParts(tree, row, nowT);
    default: {
      const shown = tree.modelRow(row);
      return tree.name === "files" ? operationParts(tree, shown, nowT) : describeRow(tree.model, shown, nowT);
    }
  }
};

/** All columns of a row; `nowT` as in describeRow. */
export const describeGrouped = (tree: GroupedTree, row: number, nowT: number): RowText => {
  const since = tree.since(row);
  return {
    ...partsOf(tree, row, nowT),
    clock: formatClock(since),
    offset: formatOffset(since - tree.model.facts.firstTime),
  };
};
