// What the page keeps over a reload, or while the editor has thrown it away: where the user was, never what the run holds.
import { MAX_TREE_CAPACITY } from "./model/columns.ts";
import { type Sort, sortKeys, type Sorts } from "./model/groupSort.ts";
import type { OpenMode } from "./model/treeView.ts";
import { isViewName, type ViewName, viewNames } from "./model/viewTree.ts";
import { columnNames } from "./text/copyAs.ts";
import type { ColumnWidths } from "./ui/gridColumns.ts";

const VERSION = 1;
/** Rows opened and closed one by one that are kept. */
export const MAX_TOGGLED = 2000;

/** What is open in one view. */
export interface TreePlace {
  readonly mode: OpenMode;
  readonly opened: readonly number[];
  readonly closed: readonly number[];
}
export type TreePlaces = { readonly [N in ViewName]?: TreePlace };

/** Row numbers are the same each time the same log is read from its start, by the same version of this page. */
export interface Place {
  /** Which run the row numbers belong to. */
  readonly run: string;
  readonly trees: TreePlaces;
  /** The active row and cell, and the first one on the screen, of the view that was looked at. */
  readonly row: number;
  readonly cell: number;
  readonly top: { readonly row: number; readonly offset: number };
  readonly follow: boolean;
  readonly filter: string;
}

export interface ViewState {
  readonly v: typeof VERSION;
  /** The host's name of the run, for the host to find it again. */
  readonly session: string;
  readonly view: ViewName;
  readonly detailsOpen: boolean;
  /** Share of the page that the details take, 0 to 1. */
  readonly detailsShare: number;
  /** Whether the timeline is shown; undefined leaves it to the room that there is. */
  readonly timeline: boolean | undefined;
  readonly widths: ColumnWidths;
  readonly sorts: Sorts;
  readonly place: Place | undefined;
}

export const initialState: ViewState = {
  v: VERSION,
  session: "",
  view: "processes",
  detailsOpen: false,
  detailsShare: 0.36,
  timeline: undefined,
  widths: {},
  sorts: {},
  place: undefined,
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const rowNumber = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0);
const rowNumbers = (value: unknown): number[] =>
  Array.isArray(value)
    ? value
        .slice(0, MAX_TOGGLED)
        .map(rowNumber)
        .filter((row) => row > 0 && row < MAX_TREE_CAPACITY)
    : [];
const text = (value: unknown): string => (typeof value === "string" ? value : "");

const readTrees = (value: unknown): TreePlaces => {
  const trees: Partial<Record<ViewName, TreePlace>> = {};
  if (!isRecord(value)) return trees;
  for (const name of viewNames) {
    const place = value[name];
    if (!isRecord(place)) continue;
    const { mode, opened, closed } = place;
    trees[name] = {
      mode: mode === "all" || mode === "none" ? mode : "default",
      opened: rowNumbers(opened),
      closed: rowNumbers(closed),
    };
  }
  return trees;
};

const readSorts = (value: unknown): Sorts => {
  const sorts: Partial<Record<ViewName, Sort>> = {};
  if (!isRecord(value)) return sorts;
  for (const name of viewNames) {
    const sort = value[name];
    const by = isRecord(sort) ? sortKeys.find((key) => key === sort["by"]) : undefined;
    if (isRecord(sort) && by !== undefined) sorts[name] = { by, descending: sort["descending"] === true };
  }
  return sorts;
};

const readPlace = (value: unknown): Place | undefined => {
  if (!isRecord(value) || typeof value["run"] !== "string") return undefined;
  const { top } = value;
  return {
    run: value["run"],
    trees: readTrees(value["trees"]),
    row: rowNumber(value["row"]),
    cell: typeof value["cell"] === "number" ? Math.max(-1, Math.trunc(value["cell"])) : -1,
    top: isRecord(top) ? { row: rowNumber(top["row"]), offset: Number(top["offset"]) || 0 } : { row: 0, offset: 0 },
    follow: value["follow"] !== false,
    filter: text(value["filter"]).slice(0, 10_000),
  };
};

/** Reads a saved state; whatever does not fit gets its initial value. */
export const readState = (value: unknown): ViewState => {
  if (!isRecord(value) || value["v"] !== VERSION) return initialState;
  const share = value["detailsShare"];
  const widths: Partial<Record<(typeof columnNames)[number], number>> = {};
  if (isRecord(value["widths"])) {
    for (const name of columnNames) {
      const width = value["widths"][name];
      if (typeof width === "number" && Number.isFinite(width)) widths[name] = width;
    }
  }
  return {
    v: VERSION,
    session: text(value["session"]),
    view: isViewName(value["view"]) ? value["view"] : initialState.view,
    detailsOpen: value["detailsOpen"] === true,
    detailsShare: typeof share === "number" && share >= 0.1 && share <= 0.9 ? share : initialState.detailsShare,
    timeline: typeof value["timeline"] === "boolean" ? value["timeline"] : undefined,
    widths,
    sorts: readSorts(value["sorts"]),
    place: readPlace(value["place"]),
  };
};
