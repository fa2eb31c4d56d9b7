// The filter term that narrows to what a row is about.
import { kindOf, kinds, NONE } from "../model/rowKinds.ts";
import { GroupedTree, nodes } from "../model/groupedTree.ts";
import type { RunModel } from "../model/runModel.ts";
import type { ViewTree } from "../model/viewTree.ts";
import { quoted } from "./editTerms.ts";

const pathTerm = (directory: string, base: string): string =>
  `path:${quoted(`${directory === "/" ? "" : directory}/${base}`)}`;

/** `pid:812` for a process, `host:` or `ip:` for a connection, `path:` for a file, else the row's text. */
export const filterFor = (model: RunModel, row: number): string => {
  const rows = model.rows;
  const kind = kindOf(rows.tag[row] ?? 0);
  const ref = rows.ref[row] ?? 0;
  const owner = rows.owner[row] ?? NONE;
  if (kind === kinds.process) return `pid:${model.processes.pid[ref] ?? 0}`;
  if (kind === kinds.net) {
    const host = model.text(model.flows.host[ref]);
    return host === "" ? `ip:${quoted(model.text(model.flows.ip[ref]))}` : `host:${quoted(host)}`;
  }
  if (kind === kinds.dns || kind === kinds.http) return `host:${quoted(model.text(model.notes.host[ref]))}`;
  if (kind === kinds.file || kind === kinds.files) {
    const directory = model.text(rows.keyA[row]);
    const base = kind === kinds.file ? model.text(rows.keyB[row]) : "";
    return pathTerm(directory, base);
  }
  if (kind === kinds.connections && owner !== NONE) return `pid:${model.processes.pid[owner] ?? 0} type:network`;
  return quoted(model.text(model.notes.label[ref]));
};

/** The same for a row of any view. A process within a host is narrowed to by both. */
export const filterForTree = (tree: ViewTree, row: number): string => {
  const { model } = tree;
  const shown = tree.modelRow(row);
  if (!(tree instanceof GroupedTree)) return filterFor(model, shown);
  const { keyA, keyB } = tree.columns;
  switch (tree.kind(row)) {
    case nodes.host:
      return `host:${quoted(model.text(keyA[row]))}`;
    case nodes.process:
      return `host:${quoted(model.text(keyA[row]))} ${filterFor(model, shown)}`;
    case nodes.heap:
    case nodes.directory:
      return pathTerm(model.text(keyA[row]), "");
    case nodes.file:
      return pathTerm(model.text(keyA[row]), model.text(keyB[row]));
    default:
      return filterFor(model, shown);
  }
};
