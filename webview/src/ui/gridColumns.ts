// The grid's columns: which are there at a width, how wide they are, and how the user changes that.
import type { ViewName } from "../model/viewTree.ts";
import { type ColumnName, columnNames } from "../text/copyAs.ts";

export interface Column {
  readonly name: ColumnName;
  /** The first column is called by what the view lists. */
  readonly title: string;
  /** Pixels; the first column takes what is left. */
  readonly width: number;
  /** The page must be this wide for the column to be there. */
  readonly from: number;
}

const columns: { readonly [C in ColumnName]: Column } = {
  name: { name: "name", title: "", width: 0, from: 0 },
  result: { name: "result", title: "Result", width: 150, from: 0 },
  time: { name: "time", title: "Time", width: 160, from: 520 },
  duration: { name: "duration", title: "Duration", width: 84, from: 680 },
  bytes: { name: "bytes", title: "Bytes", width: 132, from: 820 },
};

const NARROW_RESULT = 92;
const MIN_WIDTH = 48;
const MAX_WIDTH = 480;

export type ColumnWidths = Partial<Readonly<Record<ColumnName, number>>>;

/** What a change of a file does not have. They are the last columns, so that the others stay where they are. */
const notForFiles: ReadonlySet<ColumnName> = new Set(["duration", "bytes"]);

/** The columns of the view that fit into a page of this width, in order. */
export const columnsFor = (pageWidth: number, view: ViewName): readonly Column[] =>
  columnNames
    .filter((name) => view !== "files" || !notForFiles.has(name))
    .map((name) => columns[name])
    .filter((column) => pageWidth >= column.from);

/** A column's width at this page width: what the user chose, within bounds, or its own. */
export const widthOf = (column: Column, pageWidth: number, chosen: ColumnWidths): number => {
  const own = column.name === "result" && pageWidth < columns.time.from ? NARROW_RESULT : column.width;
  return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, chosen[column.name] ?? own));
};

/** Sets the widths for the style sheet: `--width-result` and so on; the first column takes what is left. */
export const applyWidths = (style: CSSStyleDeclaration, pageWidth: number, chosen: ColumnWidths): void => {
  for (const name of columnNames) {
    if (name !== "name") style.setProperty(`--width-${name}`, `${widthOf(columns[name], pageWidth, chosen)}px`);
  }
};
