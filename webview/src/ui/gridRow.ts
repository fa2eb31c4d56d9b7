// One row's elements, used again and again for whichever row is in view. Every write is guarded by what was written last.
import type { RowText } from "../text/describeRow.ts";
import { CELL_CAP, visibleText } from "../text/visibleText.ts";
import type { ColumnName } from "../text/copyAs.ts";
import { columnNames } from "../text/copyAs.ts";
import { kinds } from "../model/rowKinds.ts";
import { type Child, el, setAttribute } from "./dom.ts";

/** What the grid knows of a row beside its texts. */
export interface RowPlace {
  readonly row: number;
  readonly place: number;
  readonly depth: number;
  readonly position: number;
  readonly setSize: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  readonly isContext: boolean;
  readonly isSelected: boolean;
  /** The active cell, -1 for none or the whole row. */
  readonly cell: number;
  /** Columns shown. */
  readonly columns: number;
}

const INDENT = 8;
const MAX_INDENT = 24;

const toneIcons: Readonly<Record<string, string>> = {
  bad: "error",
  denied: "circle-slash",
  warn: "warning",
  busy: "circle-filled",
};

/** What the host's context menu may offer for a row of this kind. */
const menuContext = (text: RowText): string =>
  JSON.stringify({
    webviewSection: "row",
    webviewRow: text.kind === kinds.net ? "network" : text.iconLabel,
    preventDefaultContextMenuItems: true,
  });
const menuContexts = new Map<string, string>();

const cellFor = (name: ColumnName, ...children: readonly Child[]): HTMLDivElement =>
  el("div", { role: name === "name" ? "rowheader" : "gridcell", class: `cell cell-${name}` }, ...children);

export class GridRow {
  readonly element: HTMLDivElement;
  row = 0;
  readonly #cells: readonly HTMLDivElement[];
  readonly #twistie = el("span", { class: "twistie", "aria-hidden": "true" });
  readonly #icon = el("span", { class: "codicon", role: "img" });
  readonly #label = el("span", { class: "label" });
  readonly #description = el("span", { class: "description" });
  readonly #badge = el("span", { class: "badge" });
  readonly #toneIcon = el("span", { class: "codicon tone-icon", "aria-hidden": "true" });
  readonly #result = el("span", { class: "result-text" });
  readonly #clock = el("span", { class: "clock" });
  readonly #offset = el("span", { class: "offset" });
  readonly #written = new Map<string, string | number | boolean>();

  constructor() {
    this.#cells = [
      cellFor("name", this.#twistie, this.#icon, this.#label, this.#description, this.#badge),
      cellFor("result", this.#toneIcon, this.#result),
      cellFor("time", this.#clock, " ", this.#offset),
      cellFor("duration"),
      cellFor("bytes"),
    ];
    this.element = el("div", { role: "row", class: "row" }, ...this.#cells);
  }

  #isNew(name: string, value: string | number | boolean): boolean {
    if (this.#written.get(name) === value) return false;
    this.#written.set(name, value);
    return true;
  }

  #text(name: string, target: HTMLElement, text: string): void {
    if (this.#isNew(name, text)) target.textContent = visibleText(text, CELL_CAP);
  }

  #attribute(name: string, value: string | number | undefined): void {
    if (this.#isNew(name, value ?? "")) setAttribute(this.element, name, value);
  }

  moveTo(y: number): void {
    if (this.#isNew("y", y)) this.element.style.transform = `translateY(${y}px)`;
  }

  /** The element that is active when `cell` is. */
  activeElement(cell: number): HTMLElement {
    return cell < 0 ? this.element : (this.#cells[cell] ?? this.element);
  }

  patch(at: RowPlace, text: RowText): void {
    this.row = at.row;
    if (this.#isNew("id", at.row)) {
      this.element.id = `row-${at.row}`;
      this.#cells.forEach((cell, i) => void (cell.id = `row-${at.row}-${columnNames[i]}`));
    }
    this.#attribute("aria-rowindex", at.place + 2);
    this.#attribute("aria-level", at.depth + 1);
    this.#attribute("aria-posinset", at.position);
    this.#attribute("aria-setsize", at.setSize);
    this.#attribute("aria-expanded", at.hasChildren ? String(at.isOpen) : undefined);
    this.#attribute("aria-selected", String(at.isSelected));
    const active = at.isSelected && at.cell >= 0 ? at.cell : -1;
    if (this.#isNew("cell", active))
      this.#cells.forEach((cell, i) => cell.classList.toggle("active-cell", i === active));
    const classes = `row kind-${text.kind} tone-${text.tone}${at.isContext ? " context" : ""}${at.isSelected ? " selected" : ""}${active >= 0 ? " has-active-cell" : ""}`;
    if (this.#isNew("class", classes)) this.element.className = classes;
    if (this.#isNew("columns", at.columns)) this.#cells.forEach((cell, i) => void (cell.hidden = i >= at.columns));
    this.#patchName(at, text);
    const toneIcon = toneIcons[text.tone];
    if (this.#isNew("tone", toneIcon ?? "")) {
      this.#toneIcon.className = `codicon tone-icon${toneIcon === undefined ? "" : ` codicon-${toneIcon}`}`;
      this.#toneIcon.hidden = toneIcon === undefined;
    }
    this.#text("result", this.#result, text.result);
    this.#text("clock", this.#clock, text.clock);
    this.#text("offset", this.#offset, text.offset);
    const [, , , duration, bytes] = this.#cells;
    if (duration !== undefined) this.#text("duration", duration, text.duration);
    if (bytes !== undefined) this.#text("bytes", bytes, text.bytes);
    const what = `${text.kind} ${text.iconLabel}`;
    if (this.#isNew("kind", what)) {
      const context = menuContexts.get(what) ?? menuContext(text);
      menuContexts.set(what, context);
      this.element.dataset["vscodeContext"] = context;
    }
  }

  #patchName(at: RowPlace, text: RowText): void {
    const indent = Math.min(at.depth, MAX_INDENT) * INDENT;
    if (this.#isNew("indent", indent)) this.#twistie.style.marginLeft = `${indent}px`;
    const twistie = !at.hasChildren ? "" : at.isOpen ? "codicon codicon-chevron-down" : "codicon codicon-chevron-right";
    if (this.#isNew("twistie", twistie)) this.#twistie.className = `twistie ${twistie}`;
    if (this.#isNew("icon", text.icon)) this.#icon.className = `codicon codicon-${text.icon}`;
    if (this.#isNew("iconLabel", text.iconLabel)) this.#icon.setAttribute("aria-label", text.iconLabel);
    this.#text("label", this.#label, text.label);
    this.#text("description", this.#description, text.description);
    this.#text("badge", this.#badge, text.badge);
    if (this.#isNew("hasBadge", text.badge !== "")) this.#badge.hidden = text.badge === "";
  }
}
