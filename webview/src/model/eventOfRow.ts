// The event that a row of any view stands for, as the host finds it in the log.
import { GroupedTree, nodes } from "./groupedTree.ts";
import { kindOf, kinds, NONE, ROOT } from "./rowKinds.ts";
import type { ViewTree } from "./viewTree.ts";

export interface RowEvent {
  readonly seq: number;
  /** The file, where the event may be about many. */
  readonly path?: string;
}

/** Groups stand in groups; no tree is deeper. */
const MAX_DEPTH = 256;

/** The row itself, or the first one below that shows something of the model. Of a host that is a call, not who made it. */
const shownRow = (tree: ViewTree, row: number): number => {
  let at = row;
  for (let depth = 0; at !== NONE && depth < MAX_DEPTH; depth++) {
    const shown = tree.modelRow(at);
    const isCaller = at !== row && tree instanceof GroupedTree && tree.kind(at) === nodes.process;
    if (shown !== ROOT && !isCaller) return shown;
    at = tree.columns.first[at] ?? NONE;
  }
  return ROOT;
};

/** The first event of the row, or of what stands below a group; undefined where there is none. */
export const eventOfRow = (tree: ViewTree, row: number): RowEvent | undefined => {
  const { model } = tree;
  const shown = shownRow(tree, row);
  const seq = model.rows.firstSeq[shown] ?? 0;
  if (shown === ROOT || seq === 0) return undefined;
  if (kindOf(model.rows.tag[shown] ?? 0) !== kinds.file) return { seq };
  const directory = model.text(model.rows.keyA[shown]);
  return { seq, path: `${directory === "/" ? "" : directory}/${model.text(model.rows.keyB[shown])}` };
};
