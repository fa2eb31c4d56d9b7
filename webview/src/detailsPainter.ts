// Brings the details of the active row up to date: at once for another row, else a few times a second at most.
import { GroupedTree } from "./model/groupedTree.ts";
import { flag, ROOT } from "./model/rowKinds.ts";
import type { TreeView } from "./model/treeView.ts";
import type { ViewTree } from "./model/viewTree.ts";
import { commandLine } from "./text/copyAs.ts";
import { describeViewDetails } from "./text/describeRun.ts";
import { policyEntries } from "./text/policyEntries.ts";
import type { DetailsPane } from "./ui/detailsPane.ts";

const PAUSE_MS = 250;

/** The row itself, or something below a group. */
const isRefused = (tree: ViewTree, row: number): boolean => {
  const flags = tree instanceof GroupedTree ? tree.columns.flags[row] : tree.model.rows.flags[row];
  return ((flags ?? 0) & (flag.denied | flag.wouldBlock)) !== 0;
};

export class DetailsPainter {
  readonly #pane: DetailsPane;
  readonly #requestFrame: () => void;
  #paintedAt = 0;
  #version = -1;

  constructor(pane: DetailsPane, requestFrame: () => void) {
    this.#pane = pane;
    this.#requestFrame = requestFrame;
  }

  /** Another row is active, or the pane was opened: the next call paints. */
  forget(): void {
    this.#version = -1;
  }

  /** `row` is the view's; `isLive`: what waits now is to be painted later. */
  paint(view: TreeView, row: number, isLive: boolean): void {
    const { tree } = view;
    const { model } = tree;
    const now = performance.now();
    if (this.#version === model.version) return;
    if (this.#version >= 0 && now - this.#paintedAt < PAUSE_MS) {
      if (isLive) setTimeout(this.#requestFrame, PAUSE_MS);
      return;
    }
    this.#paintedAt = now;
    this.#version = model.version;
    const shown = tree.modelRow(row);
    this.#pane.show(row, row === ROOT ? undefined : describeViewDetails(view, row), {
      hasCommandLine: shown !== ROOT && commandLine(model, shown) !== undefined,
      hasEndpoint: row !== ROOT && policyEntries(tree, row) !== undefined,
      isRefused: isRefused(tree, row),
      hasPlace: shown !== ROOT && tree.name !== "processes",
      hasEvents: shown !== ROOT && view.folds(row) === 0,
    });
  }
}
