// Goes from one view of the run to another and back: what was selected is selected there too, and each view is found again
// where it was left.
import { STANDS_FOR_SEVERAL } from "./askAbout.ts";
import { ROOT } from "./model/rowKinds.ts";
import type { ViewName } from "./model/viewTree.ts";
import type { Session } from "./session.ts";
import { viewWords } from "./text/viewWords.ts";
import type { Grid } from "./ui/grid.ts";

export interface SwitchHooks {
  readonly session: () => Session;
  readonly say: (text: string) => void;
  readonly onSwitch: (name: ViewName) => void;
  readonly requestFrame: () => void;
}

/** Where a view was left. */
interface Left {
  readonly row: number;
  readonly top: Grid["topRow"];
}

export class ViewSwitch {
  readonly #grid: Grid;
  readonly #hooks: SwitchHooks;
  readonly #left = new Map<ViewName, Left>();
  /** The model's row that was selected last in any view. */
  #chosen = ROOT;
  /** The model's row to select as soon as the view has it. */
  #wanted = ROOT;
  /** The user asked for that row, and is to hear where it cannot be shown. */
  #isAskedFor = false;

  constructor(grid: Grid, hooks: SwitchHooks) {
    this.#grid = grid;
    this.#hooks = hooks;
  }

  /** Another run begins: nothing of the last one is to be found again. */
  reset(): void {
    this.#left.clear();
    this.#chosen = ROOT;
    this.cancel();
  }

  /** The user moved: what is not found yet is no longer wanted. */
  cancel(): void {
    this.#wanted = ROOT;
    this.#isAskedFor = false;
  }

  /** Another way to look at the run: the filter stays, and what is selected where the view has it. */
  to(name: ViewName): void {
    const grid = this.#grid;
    const session = this.#hooks.session();
    const { tree } = session.view;
    if (name === tree.name) return;
    const selected = tree.modelRow(grid.row);
    if (grid.row !== ROOT) this.#chosen = selected;
    this.#left.set(tree.name, { row: grid.row, top: grid.topRow });
    session.show(name);
    grid.lookAt(session.view);
    const left = this.#left.get(name);
    if (left !== undefined && !grid.follow) {
      if (left.row !== ROOT) this.#select(session, left.row, true);
      grid.scrollTo(left.top.row, left.top.offset);
    }
    this.cancel();
    // A group that was left selected stays so, unless a row was chosen elsewhere since.
    if (this.#chosen !== ROOT && session.view.tree.modelRow(left?.row ?? ROOT) !== this.#chosen) {
      this.#wanted = this.#chosen;
    }
    this.#hooks.say(viewWords[name].tab);
    this.#hooks.onSwitch(name);
    this.#hooks.requestFrame();
  }

  /** Selects the model's row, in the tree of processes where this view does not have it. */
  goTo(modelRow: number): void {
    const { tree } = this.#hooks.session().view;
    const row = tree.rowFor(modelRow);
    if (row === ROOT || tree.isAlias(row)) this.#showIn("processes", modelRow);
    else if (!this.#select(this.#hooks.session(), row, false)) this.#sayHidden();
  }

  /** Selects what is selected here in the tree of processes. */
  showInProcesses(): void {
    const modelRow = this.#hooks.session().view.tree.modelRow(this.#grid.row);
    if (modelRow === ROOT) this.#hooks.say(STANDS_FOR_SEVERAL);
    else this.#showIn("processes", modelRow);
  }

  #showIn(name: ViewName, modelRow: number): void {
    this.to(name);
    this.#wanted = modelRow;
    this.#isAskedFor = true;
    this.#hooks.requestFrame();
  }

  #sayHidden(): void {
    this.#hooks.say("The filter hides that row");
  }

  /** Does what can be done of it by now; call when rows came in. */
  find(): void {
    const session = this.#hooks.session();
    if (this.#wanted === ROOT || session.isFiltering) return;
    const row = session.view.tree.rowFor(this.#wanted);
    if (row === ROOT && session.isBehind) return;
    const isShown = row !== ROOT && this.#select(session, row, !this.#isAskedFor);
    if (!isShown && this.#isAskedFor) this.#sayHidden();
    this.cancel();
  }

  /** Selecting a row ends following, and opens the run that it stands for; the switch to another view does neither. */
  #select(session: Session, row: number, isSwitch: boolean): boolean {
    const { follow } = this.#grid;
    if (row >= session.view.tree.count) return false;
    if (!isSwitch && session.view.folds(row) > 0) session.view.setOpen(row, true);
    if (!this.#grid.select(row)) return false;
    if (follow && isSwitch) this.#grid.setFollow(true);
    return true;
  }
}
