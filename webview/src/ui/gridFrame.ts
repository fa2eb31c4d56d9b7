// What frames the rows of the grid: which columns there are at this width, how wide each is, by what groups are sorted, and
// the header that shows and changes all that.
import { canSort, nextSort, type Sort, sortOf, type Sorts } from "../model/groupSort.ts";
import type { ViewName } from "../model/viewTree.ts";
import type { ColumnName } from "../text/copyAs.ts";
import { viewWords } from "../text/viewWords.ts";
import { applyWidths, type Column, columnsFor, type ColumnWidths, widthOf } from "./gridColumns.ts";
import { GridHeader } from "./gridHeader.ts";

/** Pixels that a key makes a column wider or narrower by. */
const KEY_STEP = 12;

export interface FrameHooks {
  /** A width was changed. */
  readonly onWidths: () => void;
  /** Groups of the view that is shown are to be in another order. */
  readonly onSort: () => void;
}

export class GridFrame {
  columns: readonly Column[] = columnsFor(1000, "processes");
  widths: ColumnWidths = {};
  sorts: Sorts = {};
  readonly #grid: HTMLElement;
  readonly #header: GridHeader;
  readonly #hooks: FrameHooks;
  #pageWidth = 1000;
  #view: ViewName = "processes";

  constructor(grid: HTMLElement, hooks: FrameHooks) {
    this.#grid = grid;
    this.#hooks = hooks;
    this.#header = new GridHeader({
      onWidth: (name, width) => this.#setWidth(name, width),
      onSort: (by) => {
        this.sorts = { ...this.sorts, [this.#view]: nextSort(this.sort, by) };
        this.apply();
        hooks.onSort();
      },
    });
    grid.append(this.#header.element);
  }

  /** How the view that is shown is sorted. */
  get sort(): Sort {
    return sortOf(this.sorts, this.#view);
  }

  showView(view: ViewName): void {
    this.#view = view;
    this.#grid.setAttribute("aria-label", viewWords[view].list);
    this.apply();
  }

  resize(pageWidth: number): void {
    this.#pageWidth = pageWidth;
    this.apply();
  }

  #setWidth(name: ColumnName, width: number | undefined): void {
    const next = { ...this.widths };
    if (width === undefined) delete next[name];
    else next[name] = Math.round(width);
    this.widths = next;
    this.apply();
    this.#hooks.onWidths();
  }

  /** Makes the column `cell` wider or narrower by keys; the first one takes what the others leave. */
  widen(cell: number, by: -1 | 1): void {
    const column = this.columns[cell];
    if (column === undefined || column.name === "name") return;
    this.#setWidth(column.name, widthOf(column, this.#pageWidth, this.widths) + by * KEY_STEP);
  }

  /** Brings header and style up to date. */
  apply(): void {
    const grid = this.#grid;
    this.columns = columnsFor(this.#pageWidth, this.#view);
    applyWidths(grid.style, this.#pageWidth, this.widths);
    grid.classList.toggle("narrow", this.columns.length < 3);
    grid.setAttribute("aria-colcount", String(this.columns.length));
    this.#header.show(
      this.columns,
      viewWords[this.#view].column,
      (column) => widthOf(column, this.#pageWidth, this.widths),
      this.sort,
      canSort(this.#view),
    );
  }
}
