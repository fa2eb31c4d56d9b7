// What the list, the details and the clipboard say of rows of a view where a row may stand for a run of short-lived
// commands; all other rows say what they say in any view.
import { filterForTree } from "../filter/filterFor.ts";
import { NONE } from "../model/rowKinds.ts";
import type { TreeView } from "../model/treeView.ts";
import { commandLine } from "./copyAs.ts";
import type { DetailField, Details } from "./describeDetails.ts";
import { describeRow, type RowText, times } from "./describeRow.ts";
import { describeTreeDetails } from "./describeTreeDetails.ts";
import { describeTreeRow } from "./describeTreeRow.ts";
import { formatCount, formatDuration, formatExact, formatOffset, plural } from "./format.ts";

/** Commands that are looked at for the names on a row. */
const MAX_LOOKED_AT = 200;
const MAX_NAMES = 4;
/** Commands listed in the details. */
const MAX_LISTED = 500;
/** Commands copied, and named in a filter. */
const MAX_COPIED = 5000;
const MAX_PIDS = 100;

/** The first `most` rows of the run that begins with `row`. */
const rowsOf = (view: TreeView, row: number, most: number): number[] => {
  const { next } = view.tree.columns;
  const rows: number[] = [];
  const size = Math.min(view.runs.size(row), most);
  for (let at = row; at !== NONE && rows.length < size; at = next[at] ?? NONE) rows.push(at);
  return rows;
};

/** `git ×20, sed ×10, 4 other programs`: the most frequent first. */
const programs = (view: TreeView, row: number): string => {
  const { model } = view.tree;
  const counts = new Map<string, number>();
  for (const at of rowsOf(view, row, MAX_LOOKED_AT)) {
    const name = describeRow(model, at, 0).label;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const named = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = named.slice(0, MAX_NAMES).map(([name, count]) => `${name}${times(count)}`);
  const others = named.length - shown.length;
  if (others > 0) shown.push(plural(others, "other program"));
  if (view.runs.size(row) > MAX_LOOKED_AT) shown.push("…");
  return shown.join(", ");
};

const lastOf = (view: TreeView, row: number): number => rowsOf(view, row, Infinity).at(-1) ?? row;

/** From the start of the first to the end of the last. */
const spanOf = (view: TreeView, row: number): number => {
  const { time, until } = view.tree.model.rows;
  return Math.max(0, (until[lastOf(view, row)] ?? 0) - (time[row] ?? 0));
};

/** All columns of a row; `nowT` as in describeRow. */
export const describeViewRow = (view: TreeView, row: number, nowT: number): RowText => {
  const text = describeTreeRow(view.tree, row, nowT);
  const size = view.runs.size(row);
  if (size === 0) return text;
  if (view.folds(row) === 0) {
    const first = `first of ${formatCount(size)} short-lived`;
    return { ...text, badge: text.badge === "" ? first : `${text.badge}, ${first}` };
  }
  return {
    ...text,
    icon: "layers",
    iconLabel: "group",
    label: plural(size, "short-lived command"),
    description: programs(view, row),
    badge: "",
    result: "all exit 0",
    tone: "quiet",
    duration: formatDuration(spanOf(view, row)),
  };
};

const plain = (label: string, value: string): DetailField => ({ kind: "text", label, value, code: false });

/** Everything about `row` but its raw event. */
export const describeViewDetails = (view: TreeView, row: number): Details => {
  if (view.folds(row) === 0) return describeTreeDetails(view.tree, row);
  const { model } = view.tree;
  const { label, icon, duration } = describeViewRow(view, row, 0);
  const rows = rowsOf(view, row, MAX_LISTED);
  const items = rows.map((at) => commandLine(model, at) ?? describeRow(model, at, 0).label);
  const more = view.runs.size(row) - rows.length;
  if (more > 0) items.push(`… ${plural(more, "more command")}`);
  const when = (t: number): string => `${formatExact(t)} (${formatOffset(t - model.facts.firstTime)})`;
  const why =
    "Each ended with code 0 within 2 s and, as far as it was seen, changed no file, made no call, and started nothing that did.";
  return {
    title: label,
    icon,
    fields: [
      { kind: "list", label: "Commands", items },
      plain("Folded", `${why} Open the row to see them one by one.`),
      plain("First", when(model.rows.time[row] ?? 0)),
      plain("Last", when(model.rows.until[lastOf(view, row)] ?? 0)),
      plain("Duration", duration),
    ],
  };
};

/** The command lines that a row stands for, one a line; undefined where none is known. */
export const commandLines = (view: TreeView, row: number): string | undefined => {
  if (view.folds(row) === 0) return commandLine(view.tree.model, view.tree.modelRow(row));
  const lines = rowsOf(view, row, MAX_COPIED).flatMap((at) => commandLine(view.tree.model, at) ?? []);
  return lines.length === 0 ? undefined : lines.join("\n");
};

/** The filter term for what a row is about; `pid:812,813` for the commands of a folded run. */
export const filterForView = (view: TreeView, row: number): string => {
  if (view.folds(row) === 0) return filterForTree(view.tree, row);
  const { processes, rows } = view.tree.model;
  return `pid:${rowsOf(view, row, MAX_PIDS)
    .map((at) => processes.pid[rows.ref[at] ?? 0] ?? 0)
    .join(",")}`;
};
