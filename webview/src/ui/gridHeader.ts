// The column headers: buttons where groups can be sorted by them, and handles that resize by drag; by keyboard that is
// Alt+Shift+arrows on a cell of the column.
import { isInTime, type Sort, type SortKey } from "../model/groupSort.ts";
import type { ColumnName } from "../text/copyAs.ts";
import { type Child, el, icon, setAttribute } from "./dom.ts";
import type { Column } from "./gridColumns.ts";

export interface HeaderHooks {
  /** A column's new width; undefined asks for its own. */
  readonly onWidth: (name: ColumnName, width: number | undefined) => void;
  readonly onSort: (by: SortKey) => void;
}

/** What pressing a column's header sorts by, and how that is said. */
const sortBy: Partial<Record<ColumnName, readonly [by: SortKey, what: string]>> = {
  name: ["name", "name"],
  result: ["count", "how often"],
  time: ["time", "time"],
  bytes: ["bytes", "bytes"],
};

export class GridHeader {
  readonly element = el("div", { class: "grid-header", role: "rowgroup" });
  readonly #row = el("div", { class: "header-row", role: "row", "aria-rowindex": 1 });
  readonly #hooks: HeaderHooks;
  #shown = "";
  #widthOf: (column: Column) => number = (column) => column.width;

  constructor(hooks: HeaderHooks) {
    this.#hooks = hooks;
    this.element.append(this.#row);
  }

  /** `name` is the title of the first column; `canSort`: whether the view has groups to be sorted. */
  show(
    columns: readonly Column[],
    name: string,
    widthOf: (column: Column) => number,
    sort: Sort,
    canSort: boolean,
  ): void {
    this.#widthOf = widthOf;
    const shown = [name, canSort, ...columns.map((column) => column.name)].join();
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#row.replaceChildren(...columns.map((column) => this.#headerFor(column, name, canSort)));
    }
    columns.forEach((column, i) => {
      const header = this.#row.children[i];
      if (header !== undefined) this.#showSort(header, column, sort, canSort);
    });
  }

  #showSort(header: Element, column: Column, sort: Sort, canSort: boolean): void {
    const isIt = sortBy[column.name]?.[0] === sort.by;
    const order = isIt ? (sort.descending ? "descending" : "ascending") : undefined;
    setAttribute(header, "aria-sort", order ?? (canSort && sortBy[column.name] !== undefined ? "none" : undefined));
    const arrow = header.querySelector(".sort-arrow");
    // The order of time is how everything is without being asked.
    const name = !isIt || isInTime(sort) ? "" : sort.descending ? "codicon-arrow-down" : "codicon-arrow-up";
    if (arrow !== null) arrow.className = `codicon sort-arrow ${name}`;
  }

  #labelFor(column: Column, name: string, canSort: boolean): Child {
    const label = el("span", { class: "label" }, column.name === "name" ? name : column.title);
    const sort = sortBy[column.name];
    if (!canSort || sort === undefined) return label;
    const [by, what] = sort;
    const button = el("button", { type: "button", class: "sort", title: `Sort by ${what}` }, label, icon(""));
    button.lastElementChild?.classList.add("sort-arrow");
    button.addEventListener("click", () => this.#hooks.onSort(by));
    return button;
  }

  #headerFor(column: Column, name: string, canSort: boolean): HTMLElement {
    const header = el(
      "div",
      { role: "columnheader", class: `cell cell-${column.name}` },
      this.#labelFor(column, name, canSort),
    );
    if (column.name === "name") return header;
    const handle = el("span", { class: "resize-handle", "aria-hidden": "true" });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      const startX = event.clientX;
      const startWidth = this.#widthOf(column);
      // The handle is at the left edge, so that the last column can be resized too.
      const move = (moved: PointerEvent): void =>
        this.#hooks.onWidth(column.name, startWidth - (moved.clientX - startX));
      handle.addEventListener("pointermove", move);
      handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
        once: true,
      });
    });
    handle.addEventListener("dblclick", () => this.#hooks.onWidth(column.name, undefined));
    header.append(handle);
    return header;
  }
}
