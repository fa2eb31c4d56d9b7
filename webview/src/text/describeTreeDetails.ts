// What the details pane says about a row of any view: about a group, what is in it; else what its row of the model says.
import { flag, opBits, ROOT } from "../model/rowKinds.ts";
import { GroupedTree, nodes } from "../model/groupedTree.ts";
import type { ViewTree } from "../model/viewTree.ts";
import { callsText, changesText, hostName } from "./describeGrouped.ts";
import { type DetailField, type Details, describeDetails } from "./describeDetails.ts";
import { describeTreeRow } from "./describeTreeRow.ts";
import { formatBytes, formatCount, formatExact, formatOffset, plural } from "./format.ts";
import { endpointsBelow } from "./policyEntries.ts";

const text = (label: string, value: string): DetailField => ({ kind: "text", label, value, code: false });
const code = (label: string, value: string): DetailField => ({ kind: "text", label, value, code: true });

const callFields = (tree: GroupedTree, row: number): DetailField[] => {
  const { sums, at } = tree.sumsOf(row);
  const flags = sums.flags[at] ?? 0;
  const failed = sums.failed[at] ?? 0;
  const fields = [text("Calls", callsText(tree, row))];
  if (failed > 0) fields.push(text("Failed", plural(failed, "connection")));
  if ((flags & flag.denied) !== 0) fields.push(text("Verdict", "blocked, at least once"));
  else if ((flags & flag.wouldBlock) !== 0) fields.push(text("Verdict", "the policy would block it, at least once"));
  const [sent, received] = [sums.sent[at] ?? 0, sums.received[at] ?? 0];
  if (sent + received > 0) {
    fields.push(text("Bytes", `sent ${formatBytes(sent)}, received ${formatBytes(received)}`));
  }
  return fields;
};

const hostFields = (tree: GroupedTree, row: number): DetailField[] => {
  const { sums, at } = tree.sumsOf(row);
  const endpoints = endpointsBelow(tree, row);
  const addresses = [...new Set(endpoints.map(({ ip }) => ip))];
  const fields = [code("Host", hostName(tree, row))];
  if (addresses.length > 0) fields.push({ kind: "list", label: "Addresses", items: addresses });
  fields.push(text("Called by", plural(sums.children[at] ?? 0, "process", "processes")));
  return [...fields, ...callFields(tree, row)];
};

const pathFields = (tree: GroupedTree, row: number): DetailField[] => {
  const { columns, model } = tree;
  const { sums, at } = tree.sumsOf(row);
  const directory = model.text(columns.keyA[row]);
  const counts = changesText(tree, row);
  if (tree.kind(row) !== nodes.file) {
    return [code("Directory", directory), text("Below it", `${plural(sums.files[at] ?? 0, "file")}, ${counts}`)];
  }
  const ops = Object.entries(opBits).flatMap(([op, bit]) => (((sums.ops[at] ?? 0) & bit) === 0 ? [] : [op]));
  return [
    code("Path", `${directory === "/" ? "" : directory}/${model.text(columns.keyB[row])}`),
    text("Operations", `${ops.join(", ")} (${formatCount(sums.hits[at] ?? 0)} in all)`),
  ];
};

const timeFields = (tree: GroupedTree, row: number): DetailField[] => {
  const when = (t: number): string => `${formatExact(t)} (${formatOffset(t - tree.model.facts.firstTime)})`;
  const first = tree.since(row);
  const { sums, at } = tree.sumsOf(row);
  const last = sums.until[at] ?? 0;
  return first === last ? [text("Time", when(first))] : [text("First", when(first)), text("Last", when(last))];
};

const groupFields = (tree: GroupedTree, row: number): DetailField[] =>
  tree.kind(row) === nodes.host ? hostFields(tree, row) : pathFields(tree, row);

/** Everything about `row` but its raw event. */
export const describeTreeDetails = (tree: ViewTree, row: number): Details => {
  const shown = tree.modelRow(row);
  if (!(tree instanceof GroupedTree)) return describeDetails(tree.model, shown);
  if (tree.kind(row) === nodes.process) {
    const host = code("Host", hostName(tree, tree.columns.parent[row] ?? ROOT));
    const details = describeDetails(tree.model, shown);
    return { ...details, fields: [host, ...callFields(tree, row), ...details.fields] };
  }
  if (shown !== ROOT) return describeDetails(tree.model, shown);
  const { label, icon } = describeTreeRow(tree, row, 0);
  return { title: label, icon, fields: [...groupFields(tree, row), ...timeFields(tree, row)] };
};
