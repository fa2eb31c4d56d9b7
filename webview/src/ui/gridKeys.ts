// What a key does in the grid, by the treegrid pattern of the ARIA Authoring Practices, with one addition that VS Code's
// trees have: Left on a closed row goes to its parent. Pure: the grid carries the answer out.

export interface Key {
  readonly key: string;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly alt: boolean;
}

export interface GridPlace {
  /** Place of the active row, -1 for none. */
  readonly place: number;
  /** Active cell, -1 where the row as a whole is active. */
  readonly cell: number;
  readonly count: number;
  readonly cells: number;
  /** Rows that fit into the view. */
  readonly page: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Place of the row above in the tree, -1 for none. */
  readonly parentPlace: number;
}

export type GridAction =
  | { readonly kind: "move"; readonly place: number; readonly cell: number }
  /** The last row, and follow what comes. */
  | { readonly kind: "end"; readonly cell: number }
  | { readonly kind: "open" }
  | { readonly kind: "close" }
  | { readonly kind: "openSiblings" }
  /** Show the details and go there. */
  | { readonly kind: "details" }
  | { readonly kind: "toggleDetails" }
  | { readonly kind: "showInProcesses" }
  | { readonly kind: "openDiff" }
  | { readonly kind: "allowEndpoint" }
  | { readonly kind: "commentOnPull" }
  | { readonly kind: "copy" }
  | { readonly kind: "copyCommandLine" }
  | { readonly kind: "filter" }
  | { readonly kind: "help" }
  | { readonly kind: "leave" }
  | { readonly kind: "resize"; readonly by: -1 | 1 }
  | { readonly kind: "type"; readonly char: string };

const horizontal = (key: "ArrowLeft" | "ArrowRight", at: GridPlace): GridAction | undefined => {
  const { place, cell } = at;
  if (place < 0) return undefined;
  if (key === "ArrowRight") {
    if (cell < 0) return at.hasChildren && !at.isOpen ? { kind: "open" } : { kind: "move", place, cell: 0 };
    return cell + 1 < at.cells ? { kind: "move", place, cell: cell + 1 } : undefined;
  }
  if (cell >= 0) return { kind: "move", place, cell: cell - 1 };
  if (at.hasChildren && at.isOpen) return { kind: "close" };
  return at.parentPlace >= 0 ? { kind: "move", place: at.parentPlace, cell } : undefined;
};

const vertical = (key: string, at: GridPlace, ctrl: boolean): GridAction | undefined => {
  const { place, cell, count, page } = at;
  const to = (wanted: number): GridAction => ({ kind: "move", place: Math.max(0, Math.min(count - 1, wanted)), cell });
  switch (key) {
    case "ArrowDown":
      return to(place + 1);
    case "ArrowUp":
      return place < 0 ? to(count - 1) : to(place - 1);
    case "PageDown":
      return to(place + page);
    case "PageUp":
      return to(place - page);
    case "Home":
      return cell >= 0 && !ctrl ? { kind: "move", place, cell: 0 } : to(0);
    case "End":
      return cell >= 0 && !ctrl ? { kind: "move", place, cell: at.cells - 1 } : { kind: "end", cell };
    default:
      return undefined;
  }
};

/** The action for a key, or undefined where the grid leaves the key alone. */
export const actionFor = (key: Key, at: GridPlace): GridAction | undefined => {
  if (key.ctrl && !key.alt) {
    const lower = key.key.toLowerCase();
    if (lower === "c") return key.shift ? { kind: "copyCommandLine" } : { kind: "copy" };
    if (lower === "f" && !key.shift) return { kind: "filter" };
    if (key.key === "Enter") {
      return at.place < 0 ? undefined : key.shift ? { kind: "commentOnPull" } : { kind: "openDiff" };
    }
    if (key.key === "Home" || key.key === "End") return at.count > 0 ? vertical(key.key, at, true) : undefined;
    return undefined;
  }
  if (key.alt) {
    if (key.key === "Enter" && !key.ctrl && !key.shift) {
      return at.place < 0 ? undefined : { kind: "allowEndpoint" };
    }
    if (key.ctrl || !key.shift || at.cell < 0) return undefined;
    if (key.key === "ArrowLeft") return { kind: "resize", by: -1 };
    return key.key === "ArrowRight" ? { kind: "resize", by: 1 } : undefined;
  }
  if (key.key === "?") return { kind: "help" };
  if (key.key === "/") return { kind: "filter" };
  if (key.key === "Escape") return { kind: "leave" };
  if (at.count === 0) return undefined;
  if (key.key === "ArrowLeft" || key.key === "ArrowRight") return horizontal(key.key, at);
  if (key.key === "Enter") {
    return at.place < 0 ? undefined : key.shift ? { kind: "showInProcesses" } : { kind: "details" };
  }
  if (key.key === " ") return at.place < 0 ? undefined : { kind: "toggleDetails" };
  if (key.key === "*") return at.place < 0 ? undefined : { kind: "openSiblings" };
  if (key.key.length === 1) return { kind: "type", char: key.key };
  return vertical(key.key, at, false);
};
