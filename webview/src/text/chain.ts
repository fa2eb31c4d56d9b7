// How a row came about: the agent's tool call, the workflow step, the processes from the outermost in, and the row itself.
import { kindOf, kinds, NONE, ROOT } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { containerName, enteredContainer } from "./container.ts";
import { describeRow } from "./describeRow.ts";
import { type Origin, stepOf, toolOfRow } from "./origin.ts";

export interface DetailLink {
  /** What kind of thing it is, such as `step 3`, where its text does not say it; else empty. */
  readonly what: string;
  readonly text: string;
  /** The row to go to; the root for the row itself, and for what has none. */
  readonly row: number;
}

const MAX_PROCESSES = 64;

const nameOf = (model: RunModel, row: number): string => {
  const { label, description } = describeRow(model, row, 0);
  const kind = kindOf(model.rows.tag[row] ?? 0);
  return (kind === kinds.process || kind === kinds.tool) && description !== "" ? `${label} ${description}` : label;
};

/** Rows of `process` and those above it, the top one first; a ring of a damaged log ends where it closes. */
const processRows = (model: RunModel, process: number): number[] => {
  const rows: number[] = [];
  const seen = new Set<number>();
  let at = process;
  while (at !== NONE && !seen.has(at) && rows.length < MAX_PROCESSES) {
    seen.add(at);
    rows.unshift(model.processes.row[at] ?? ROOT);
    at = model.processes.parent[at] ?? NONE;
  }
  return rows;
};

const toolLink = ({ text, detail, row, isGuess }: Origin): DetailLink => ({
  what: isGuess ? "tool call, likely" : "tool call",
  text: detail === "" ? text : `${text} ${detail}`,
  row,
});
const stepLink = ({ text, detail, row, isGuess }: Origin): DetailLink => ({
  what: `${detail || "step"}${isGuess ? ", likely" : ""}`,
  text,
  row,
});

/** The container that a process is in, where who started it is in another or in none. */
const containerLinks = (model: RunModel, process: number): DetailLink[] => {
  const entered = enteredContainer(model, process);
  return entered === 0 ? [] : [{ what: "container", text: containerName(model, entered), row: ROOT }];
};

/** The chain that ends with `row`; empty where nothing of what led to it is known. */
export const chainOf = (model: RunModel, row: number): DetailLink[] => {
  const kind = kindOf(model.rows.tag[row] ?? 0);
  // Nothing led to a step; a tool call has no process of its own, but one that made it.
  if (kind === kinds.step) return [];
  const owner = model.rows.owner[kind === kinds.tool ? (model.rows.parent[row] ?? ROOT) : row] ?? NONE;
  const tool = toolOfRow(model, row);
  const step = stepOf(model, owner);
  const links = [...(tool === undefined ? [] : [toolLink(tool)]), ...(step === undefined ? [] : [stepLink(step)])];
  const above = kind === kinds.process ? (model.processes.parent[owner] ?? NONE) : owner;
  for (const at of processRows(model, above))
    links.push(...containerLinks(model, model.rows.ref[at] ?? NONE), { what: "", text: nameOf(model, at), row: at });
  if (kind === kinds.process) links.push(...containerLinks(model, owner));
  return links.length === 0 ? [] : [...links, { what: "", text: nameOf(model, row), row: ROOT }];
};
