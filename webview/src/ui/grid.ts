// The treegrid: the rows of a view, what is active in it, the keys, and whether it follows the end of the run.
import { canSort, type Sorts } from "../model/groupSort.ts";
import { kindOf, kinds, ROOT } from "../model/rowKinds.ts";
import type { TreeView } from "../model/treeView.ts";
import { cellText, type ColumnName } from "../text/copyAs.ts";
import { describeViewRow } from "../text/describeRun.ts";
import { timeTitle } from "../text/when.ts";
import { CELL_CAP, visibleText } from "../text/visibleText.ts";
import { el, setAttribute } from "./dom.ts";
import type { ColumnWidths } from "./gridColumns.ts";
import { GridFrame } from "./gridFrame.ts";
import { actionFor, type GridAction, type GridPlace } from "./gridKeys.ts";
import { GridViewport } from "./gridViewport.ts";
import { TypeAhead } from "./typeAhead.ts";

export interface GridHooks {
  readonly requestFrame: () => void;
  /** The active row or cell, or what is open, or a width changed: worth saving. */
  readonly onStateChange: () => void;
  readonly onSelect: (row: number) => void;
  readonly onFollowChange: (follow: boolean) => void;
  /** What the page as a whole does: details, filter, help, copying. */
  readonly onAction: (action: GridAction) => void;
}

export class Grid {
  readonly element = el("div", {
    class: "grid",
    role: "treegrid",
    tabindex: 0,
    id: "grid",
    "aria-multiselectable": "false",
  });
  readonly #viewport: GridViewport;
  readonly #frame: GridFrame;
  readonly #hooks: GridHooks;
  readonly #typeAhead: TypeAhead;
  #view: TreeView;
  #row = ROOT;
  #cell = -1;
  #follow = true;
  #settleNow = false;
  #counted = -1;
  #activeId = "";

  constructor(view: TreeView, hooks: GridHooks) {
    this.#view = view;
    this.#hooks = hooks;
    this.#typeAhead = new TypeAhead(() => performance.now());
    this.#frame = new GridFrame(this.element, {
      onWidths: () => this.#applyColumns(true),
      onSort: () => this.#change(() => this.#view.setSort(this.#frame.sort)),
    });
    this.#viewport = new GridViewport({
      requestFrame: hooks.requestFrame,
      onUserScroll: (move) => {
        if (move === "up") this.#setFollow(false);
        else if (move === "end") this.#setFollow(true);
        this.#hooks.onStateChange();
      },
    });
    this.element.append(this.#viewport.scroller);
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focus", () => this.#onFocus());
    this.#viewport.scroller.addEventListener("mousedown", (event) => this.#onMouse(event));
    this.#viewport.scroller.addEventListener("dblclick", (event) => this.#onDoubleClick(event));
    this.#viewport.scroller.addEventListener("mouseover", (event) => this.#onHover(event), { passive: true });
    this.#nameView();
    new ResizeObserver(() => this.#onResize()).observe(this.#viewport.scroller);
  }

  get row(): number {
    return this.#row;
  }
  get cell(): number {
    return this.#cell;
  }
  get columnName(): ColumnName | undefined {
    return this.#cell < 0 ? undefined : this.#frame.columns[this.#cell]?.name;
  }
  get follow(): boolean {
    return this.#follow;
  }
  get widths(): ColumnWidths {
    return this.#frame.widths;
  }
  get sorts(): Sorts {
    return this.#frame.sorts;
  }
  get topRow(): { readonly row: number; readonly offset: number } {
    return this.#viewport.topRow;
  }
  get elementCount(): number {
    return this.#viewport.elementCount;
  }

  /** Shows another run, with nothing active. */
  show(view: TreeView): void {
    this.#view = view;
    this.#nameView();
    this.#row = ROOT;
    this.#cell = -1;
    this.#setFollow(true);
    this.#settleNow = true;
    this.#viewport.hold(view.order, false, () => ROOT);
    this.#hooks.onSelect(ROOT);
  }

  /** Shows the same run another way, from its start or, where it is followed, its end; nothing is active. */
  lookAt(view: TreeView): void {
    this.#view = view;
    this.#nameView();
    this.#row = ROOT;
    this.#cell = -1;
    this.#settleNow = true;
    this.#viewport.forget();
    this.#viewport.hold(view.order, this.#follow, () => ROOT);
    this.#hooks.onSelect(ROOT);
    this.#hooks.requestFrame();
  }

  #nameView(): void {
    this.#frame.showView(this.#view.tree.name);
    if (canSort(this.#view.tree.name)) this.#view.setSort(this.#frame.sort);
    this.#applyColumns();
  }

  /** Call before the list of rows may change. */
  beforeChange(): void {
    this.#view.runs.kept = this.#row;
    this.#viewport.aim(this.#view.order, this.#row);
  }

  /** Call after the list of rows may have changed. */
  afterChange(): void {
    this.#viewport.hold(this.#view.order, this.#follow, (row) => this.#view.nearest(row));
  }

  /** Brings the elements up to date; at most once a frame. `nowT` is the run's clock in microseconds. */
  paint(nowT: number): void {
    const { order, tree } = this.#view;
    const { depth } = tree.columns;
    if (this.#counted !== order.count) {
      this.#counted = order.count;
      this.element.setAttribute("aria-rowcount", String(order.count + 1));
      this.element.classList.toggle("is-empty", order.count === 0);
    }
    const columns = this.#frame.columns.length;
    this.#viewport.paint(
      order,
      this.#row,
      (row, place) => ({
        row,
        place,
        depth: depth[row] ?? 0,
        position: this.#view.position(row),
        setSize: this.#view.setSize(row),
        hasChildren: this.#view.hasChildren(row),
        isOpen: this.#view.isOpen(row),
        isContext: !this.#view.isMatch(row),
        isSelected: row === this.#row,
        cell: row === this.#row ? this.#cell : -1,
        columns,
      }),
      (row) => describeViewRow(this.#view, row, nowT),
      this.#settleNow,
    );
    this.#settleNow = false;
    const active = this.#row === ROOT ? undefined : this.#viewport.elementOf(this.#row)?.activeElement(this.#cell);
    const id = active?.id ?? "";
    if (id !== this.#activeId) {
      this.#activeId = id;
      setAttribute(this.element, "aria-activedescendant", id === "" ? undefined : id);
    }
  }

  /** Makes `row` active; opens what is above it and scrolls to it. The row may be hidden by the filter: then nothing. */
  select(row: number, cell = -1): boolean {
    if (row !== ROOT && !this.#view.reveal(row)) return false;
    this.#row = row;
    this.#cell = Math.min(cell, this.#frame.columns.length - 1);
    if (row !== ROOT) {
      this.#setFollow(false);
      this.afterChange();
      this.#viewport.reveal(this.#view.order.placeOf(row));
      this.#settleNow = true;
    }
    this.#hooks.onSelect(row);
    this.#hooks.onStateChange();
    this.#hooks.requestFrame();
    return true;
  }

  setFollow(follow: boolean): void {
    this.#setFollow(follow);
    if (follow) {
      this.#viewport.moveToEnd();
      this.#settleNow = true;
    }
    this.#hooks.requestFrame();
  }

  #setFollow(follow: boolean): void {
    if (this.#follow === follow) return;
    this.#follow = follow;
    this.#hooks.onFollowChange(follow);
    this.#hooks.onStateChange();
  }

  /** Puts `row` at the upper edge; true where it is in the list. */
  scrollTo(row: number, offset: number): boolean {
    const place = this.#view.order.placeOf(row);
    if (place < 0) return false;
    this.#viewport.showAt(place, offset);
    this.#settleNow = true;
    this.#hooks.requestFrame();
    return true;
  }

  /** What a saved state says of the columns and of the order of groups. */
  restore(widths: ColumnWidths, sorts: Sorts): void {
    this.#frame.widths = widths;
    this.#frame.sorts = sorts;
    this.#nameView();
  }

  #onResize(): void {
    const { scroller } = this.#viewport;
    const place = this.#row === ROOT ? -1 : this.#view.order.placeOf(this.#row);
    const wasInView = place >= 0 && this.#viewport.isInView(place);
    this.#frame.resize(this.element.clientWidth);
    // How wide a scrollbar is depends on the editor's own styles.
    this.element.style.setProperty("--scrollbar", `${scroller.offsetWidth - scroller.clientWidth}px`);
    this.#applyColumns();
    this.#viewport.resize(scroller.clientHeight);
    if (this.#follow) this.#viewport.moveToEnd();
    // The details open over what one reads: the row that they are about stays.
    else if (wasInView) this.#viewport.reveal(place);
    this.#settleNow = true;
    this.#hooks.requestFrame();
  }

  #applyColumns(isChosen = false): void {
    this.#frame.apply();
    this.#cell = Math.min(this.#cell, this.#frame.columns.length - 1);
    if (isChosen) this.#hooks.onStateChange();
    this.#hooks.requestFrame();
  }

  #place(): GridPlace {
    const { order } = this.#view;
    const place = this.#row === ROOT ? -1 : order.placeOf(this.#row);
    const parent = this.#view.tree.columns.parent[this.#row] ?? ROOT;
    return {
      place,
      cell: this.#cell,
      count: order.count,
      cells: this.#frame.columns.length,
      page: this.#viewport.page,
      hasChildren: this.#view.hasChildren(this.#row),
      isOpen: this.#view.isOpen(this.#row),
      parentPlace: parent === ROOT ? -1 : order.placeOf(parent),
    };
  }

  #onFocus(): void {
    if (this.#row !== ROOT || this.#view.order.count === 0) return;
    // Focus must be on something; it is not the user's choice of a row, so following goes on.
    this.#row = this.#follow ? this.#view.order.at(this.#view.order.count - 1) : this.#viewport.topRow.row;
    this.#hooks.onSelect(this.#row);
    this.#hooks.requestFrame();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.target !== this.element) return;
    const key = { key: event.key, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey, alt: event.altKey };
    const action = actionFor(key, this.#place());
    if (action === undefined) return;
    event.preventDefault();
    this.act(action);
  }

  /** Carries out a key's action, or hands it to the page. */
  act(action: GridAction): void {
    switch (action.kind) {
      case "move":
        this.select(this.#view.order.at(action.place), action.cell);
        return;
      case "end":
        this.select(this.#view.order.at(this.#view.order.count - 1), action.cell);
        this.setFollow(true);
        return;
      case "open":
      case "close":
        this.toggle(this.#row, action.kind === "open");
        return;
      case "openSiblings":
        this.#change(() => this.#view.openChildren(this.#view.tree.columns.parent[this.#row] ?? ROOT));
        return;
      case "resize":
        this.#frame.widen(this.#cell, action.by);
        return;
      case "type": {
        const found = this.#typeAhead.find(
          action.char,
          this.#view.order,
          this.#row,
          (row) => describeViewRow(this.#view, row, 0).label,
        );
        if (found !== ROOT) this.select(found);
        return;
      }
      case "leave":
        if (this.#cell >= 0) this.select(this.#row);
        else this.#hooks.onAction(action);
        return;
      default:
        this.#hooks.onAction(action);
    }
  }

  #change(change: () => void): void {
    this.beforeChange();
    change();
    this.afterChange();
    this.#hooks.onStateChange();
    this.#hooks.requestFrame();
  }

  toggle(row: number, open: boolean): void {
    if (!this.#view.hasChildren(row)) return;
    this.#setFollow(false);
    this.#change(() => {
      this.#view.setOpen(row, open);
      // What was active is gone from the list: the row that closed over it becomes active.
      if (!open && this.#row !== ROOT && !this.#view.order.has(this.#row)) this.#row = row;
    });
    // A run of commands that opens is one of them from then on.
    this.#hooks.onSelect(this.#row);
  }

  #rowAt(event: MouseEvent): number {
    const element = event.target instanceof Element ? event.target.closest(".row") : null;
    return element === null ? ROOT : Number(element.id.slice("row-".length));
  }

  #onMouse(event: MouseEvent): void {
    const row = this.#rowAt(event);
    if (row === ROOT) return;
    const target = event.target instanceof Element ? event.target : undefined;
    // The browser would focus the scroller, which is where keys do nothing of ours.
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    if (event.button === 0 && target?.closest(".twistie") != null && this.#view.hasChildren(row)) {
      this.toggle(row, !this.#view.isOpen(row));
      return;
    }
    this.select(row);
  }

  #onDoubleClick(event: MouseEvent): void {
    const row = this.#rowAt(event);
    if (row === ROOT || (event.target instanceof Element && event.target.closest(".twistie") !== null)) return;
    const { name, model } = this.#view.tree;
    const isGroup =
      name !== "processes" || this.#view.folds(row) > 0 || kindOf(model.rows.tag[row] ?? 0) !== kinds.process;
    if (this.#view.hasChildren(row) && isGroup) {
      this.toggle(row, !this.#view.isOpen(row));
    } else this.#hooks.onAction({ kind: "details" });
  }

  /** A cell that is too narrow for its text says it in a tooltip; a time says all that it is the distance from. */
  #onHover(event: MouseEvent): void {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>(".cell") : null;
    const row = this.#rowAt(event);
    if (cell === null || row === ROOT) return;
    const name = this.#frame.columns.find((column) => cell.classList.contains(`cell-${column.name}`))?.name;
    if (name === undefined) return;
    const { tree } = this.#view;
    const isCut = cell.scrollWidth > cell.clientWidth || name === "name";
    const text = name === "time" ? timeTitle(tree, row) : cellText(describeViewRow(this.#view, row, 0), name);
    setAttribute(cell, "title", isCut || name === "time" ? visibleText(text, CELL_CAP) : undefined);
  }
}
