// Brings the details of the active row up to date: at once for another row, else a few times a second at most.
import { ROOT } from "./model/rowKinds.ts";
import type { ViewTree } from "./model/viewTree.ts";
import { commandLine } from "./text/copyAs.ts";
import { describeTreeDetails } from "./text/describeTreeDetails.ts";
import { policyEntries } from "./text/policyEntries.ts";
import type { DetailsPane } from "./ui/detailsPane.ts";

const PAUSE_MS = 250;

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

  /** `row` is the tree's; `isLive`: what waits now is to be painted later. */
  paint(tree: ViewTree, row: number, isLive: boolean): void {
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
    this.#pane.show(row, row === ROOT ? undefined : describeTreeDetails(tree, row), {
      hasCommandLine: shown !== ROOT && commandLine(model, shown) !== undefined,
      hasEndpoint: row !== ROOT && policyEntries(tree, row) !== undefined,
      hasPlace: shown !== ROOT && tree.name !== "processes",
      hasEvents: shown !== ROOT,
    });
  }
}
