import assert from "node:assert/strict";
import { actionFor, type GridPlace } from "./gridKeys.ts";

const at = (change: Partial<GridPlace> = {}): GridPlace => ({
  place: 5,
  cell: -1,
  count: 20,
  cells: 5,
  page: 8,
  hasChildren: false,
  isOpen: false,
  parentPlace: 2,
  ...change,
});

const key = (text: string) => ({
  key: text.split("+").at(-1) || "+",
  ctrl: text.includes("Ctrl+"),
  shift: text.includes("Shift+"),
  alt: text.includes("Alt+"),
});

const move = (place: number, cell = -1) => ({ kind: "move", place, cell });

describe("actionFor", () => {
  const cases: readonly (readonly [string, Partial<GridPlace>, unknown])[] = [
    ["ArrowDown", {}, move(6)],
    ["ArrowDown", { place: 19 }, move(19)],
    ["ArrowDown", { place: -1 }, move(0)],
    ["ArrowUp", {}, move(4)],
    ["ArrowUp", { place: 0 }, move(0)],
    ["PageDown", {}, move(13)],
    ["PageUp", {}, move(0)],
    ["Home", {}, move(0)],
    ["End", {}, { kind: "end", cell: -1 }],
    ["Home", { cell: 3 }, move(5, 0)],
    ["End", { cell: 3 }, move(5, 4)],
    ["Ctrl+Home", { cell: 3 }, move(0, 3)],
    ["Ctrl+End", { cell: 3 }, { kind: "end", cell: 3 }],
    ["ArrowRight", { hasChildren: true }, { kind: "open" }],
    ["ArrowRight", { hasChildren: true, isOpen: true }, move(5, 0)],
    ["ArrowRight", {}, move(5, 0)],
    ["ArrowRight", { cell: 1 }, move(5, 2)],
    ["ArrowRight", { cell: 4 }, undefined],
    ["ArrowLeft", { hasChildren: true, isOpen: true }, { kind: "close" }],
    ["ArrowLeft", { hasChildren: true }, move(2)],
    ["ArrowLeft", { parentPlace: -1 }, undefined],
    ["ArrowLeft", { cell: 0 }, move(5, -1)],
    ["ArrowLeft", { cell: 2 }, move(5, 1)],
    ["ArrowDown", { cell: 2 }, move(6, 2)],
    ["Enter", {}, { kind: "details" }],
    ["Enter", { place: -1 }, undefined],
    ["Shift+Enter", {}, { kind: "showInProcesses" }],
    ["Ctrl+Enter", {}, { kind: "openDiff" }],
    ["Ctrl+Enter", { place: -1 }, undefined],
    ["Alt+Enter", {}, { kind: "allowEndpoint" }],
    ["Ctrl+Shift+Enter", {}, { kind: "commentOnPull" }],
    ["Alt+Enter", { place: -1 }, undefined],
    [" ", {}, { kind: "toggleDetails" }],
    ["*", {}, { kind: "openSiblings" }],
    ["?", {}, { kind: "help" }],
    ["/", {}, { kind: "filter" }],
    ["Ctrl+f", {}, { kind: "filter" }],
    ["Ctrl+c", {}, { kind: "copy" }],
    ["Ctrl+Shift+C", {}, { kind: "copyCommandLine" }],
    ["Ctrl+p", {}, undefined],
    ["Alt+Shift+ArrowLeft", { cell: 1 }, { kind: "resize", by: -1 }],
    ["Alt+ArrowLeft", {}, undefined],
    ["Escape", {}, { kind: "leave" }],
    ["n", {}, { kind: "type", char: "n" }],
    ["F5", {}, undefined],
    ["Tab", {}, undefined],
    ["ArrowDown", { count: 0, place: -1 }, undefined],
  ];
  for (const [keys, place, expected] of cases) {
    it(`${keys} at ${JSON.stringify(place)}`, () => assert.deepEqual(actionFor(key(keys), at(place)), expected));
  }
});
