// The column headers, with handles that resize by drag; by keyboard it is Alt+Shift+arrows on a cell of the column.
import type { ColumnName } from "../text/copyAs.ts";
import { el } from "./dom.ts";
import type { Column } from "./gridColumns.ts";

export class GridHeader {
  readonly element = el("div", { class: "grid-header", role: "rowgroup" });
  readonly #row = el("div", { class: "header-row", role: "row", "aria-rowindex": 1 });
  readonly #onWidth: (name: ColumnName, width: number | undefined) => void;
  #shown = "";
  #widthOf: (column: Column) => number = (column) => column.width;

  /** `onWidth` gets a column's new width; undefined asks for its own. */
  constructor(onWidth: (name: ColumnName, width: number | undefined) => void) {
    this.#onWidth = onWidth;
    this.element.append(this.#row);
  }

  /** `name` is the title of the first column. */
  show(columns: readonly Column[], name: string, widthOf: (column: Column) => number): void {
    this.#widthOf = widthOf;
    const shown = [name, ...columns.map((column) => column.name)].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#row.replaceChildren(...columns.map((column) => this.#headerFor(column, name)));
  }

  #headerFor(column: Column, name: string): HTMLElement {
    const header = el(
      "div",
      {
        role: "columnheader",
        class: `cell cell-${column.name}`,
        "aria-sort": column.name === "time" ? "ascending" : undefined,
      },
      el("span", { class: "label" }, column.name === "name" ? name : column.title),
    );
    if (column.name === "name") return header;
    const handle = el("span", { class: "resize-handle", "aria-hidden": "true" });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      const startX = event.clientX;
      const startWidth = this.#widthOf(column);
      // The handle is at the left edge, so that the last column can be resized too.
      const move = (moved: PointerEvent): void => this.#onWidth(column.name, startWidth - (moved.clientX - startX));
      handle.addEventListener("pointermove", move);
      handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), {
        once: true,
      });
    });
    handle.addEventListener("dblclick", () => this.#onWidth(column.name, undefined));
    header.append(handle);
    return header;
  }
}
