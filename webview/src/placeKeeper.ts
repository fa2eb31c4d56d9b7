// Finds the user's place again after the page was made anew: the same rows come in again, and what was open, active and in
// view is set as soon as its row is there.
import type { Session } from "./session.ts";
import { ROOT } from "./model/rowKinds.ts";
import { foldedInto } from "./model/unfold.ts";
import type { Grid } from "./ui/grid.ts";
import { MAX_TOGGLED, type Place } from "./viewState.ts";

/** Names a run, so that a place is only ever found again in the same one. */
const runKey = (session: Session): string => {
  const { start, firstTime } = session.model.facts;
  return firstTime === 0 ? "" : `${start?.run.id ?? ""} ${firstTime}`;
};

/** What stands around the list may come a bit later, and more rows: until then the list is scrolled as far as it goes. */
const SETTLE_MS = 1000;

export class PlaceKeeper {
  #wanted: Place | undefined;
  #isKnownRun = false;
  #rowDone = false;
  #topDone = false;
  /** When the upper edge was first tried. */
  #triedAt: number | undefined;

  /** The place to find; undefined forgets one that is not found yet. */
  want(place: Place | undefined): void {
    this.#wanted = place;
    this.#isKnownRun = false;
    this.#rowDone = false;
    this.#topDone = false;
    this.#triedAt = undefined;
  }

  /** The user moved: what is not found yet is no longer wanted. */
  cancel(): void {
    if (this.#isKnownRun) this.#wanted = undefined;
  }

  /** Where the user is now, or the place still wanted while it is not found. */
  take(session: Session, grid: Grid, filter: string): Place | undefined {
    if (this.#wanted !== undefined) return this.#wanted;
    const run = runKey(session);
    if (run === "") return undefined;
    return {
      run,
      trees: session.treePlaces(MAX_TOGGLED),
      row: grid.row,
      cell: grid.cell,
      top: grid.topRow,
      follow: grid.follow,
      filter,
    };
  }

  /** Does what can be done of it by now; call when rows came in. `forget` is called where it is another run. */
  find(session: Session, grid: Grid, forget: () => void): void {
    const place = this.#wanted;
    const run = runKey(session);
    if (place === undefined || run === "") return;
    if (!this.#isKnownRun) {
      if (place.run !== run) {
        this.#wanted = undefined;
        forget();
        return;
      }
      this.#isKnownRun = true;
      session.restore(place.trees);
      grid.setFollow(place.follow);
    }
    const has = (row: number): boolean => row < session.view.tree.count && session.view.order.has(row);
    const isFolded = place.row < session.view.tree.count && foldedInto(session.view, place.row) !== ROOT;
    if (!this.#rowDone && (place.row === ROOT || has(place.row) || isFolded)) {
      this.#rowDone = true;
      if (place.row !== ROOT) {
        grid.select(place.row, place.cell);
        grid.setFollow(place.follow);
      }
    }
    // It may be one of a run of commands that was not folded then.
    const top =
      session.view.runs.leaderOf(place.top.row) === ROOT ? place.top.row : session.view.nearest(place.top.row);
    if (!this.#topDone && (place.follow || top === ROOT || has(top))) {
      if (!place.follow && top !== ROOT) grid.scrollTo(top, place.top.offset);
      this.#triedAt ??= performance.now();
      const isThere = place.follow || top === ROOT || grid.topRow.row === top;
      this.#topDone = isThere || performance.now() - this.#triedAt > SETTLE_MS;
    }
    if (this.#rowDone && this.#topDone) this.#wanted = undefined;
  }
}
