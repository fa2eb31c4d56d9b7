// The `?` overlay: the keys of the grid and of the filter. The browser's own dialog keeps the focus in and closes on Escape.
import { filterKeys, isAbout, keyNames } from "../filter/keys.ts";
import { el, iconButton } from "./dom.ts";

const keys: readonly (readonly [keys: string, does: string])[] = [
  ["↑ ↓  PageUp PageDown", "move"],
  ["Home  End", "first row; last row and follow"],
  ["→  ←", "open, then into the cells; close, then to the parent"],
  ["*", "open all rows beside this one"],
  ["a…z", "go to the next row that begins so"],
  ["Enter", "show the details and go there"],
  ["Space", "show or hide the details"],
  ["Shift+Enter", "show the row in the tree of processes"],
  ["Ctrl+Enter", "go to the line of the diff that the row is about"],
  ["Alt+Enter", "allow where a connection goes in the workflow's policy"],
  ["Ctrl+Shift+Enter", "draft a comment on the pull request about the row"],
  ["Ctrl+C", "copy the row, or the cell"],
  ["Ctrl+Shift+C", "copy the command line"],
  ["Ctrl+F  /", "go to the filter; ↓ in it lists what can be asked, and what you asked before"],
  ["Alt+Shift+← →", "on a cell: make its column narrower or wider"],
  ["Esc", "one step back: cell, details, filter"],
  ["?", "this overview"],
];

const timelineKeys: readonly (readonly [keys: string, does: string])[] = [
  ["← →  PageUp PageDown", "on the range: move it; make one where there is none"],
  ["Shift+← →", "make the range longer or shorter"],
  ["Home  End", "take it to the start or the end of what is shown"],
  ["Esc  double-click", "the whole run again"],
  ["← →  Enter", "on steps and tool calls: go to the next; narrow to it, and back"],
  ["Ctrl+Alt+G", "show or hide the timeline"],
];

const examples: readonly (readonly [filter: string, does: string])[] = [
  ["npm ci", "rows that show both words"],
  ['"npm ci"', "rows that show them together"],
  ["host:*.github.com -comm:git", "calls to GitHub, but not by git"],
  ['under:"npm ci" is:failed', "what failed below npm ci"],
  ["port:80,8000-8999", "one of several"],
  ["time:12:25..12:26:10", "what took place or went on then; +30s.. is from the start of the run"],
  ["larger-than:1M", "more than a megabyte over the network"],
];

const table = (caption: string, rows: readonly (readonly [string, string])[]): HTMLElement =>
  el(
    "table",
    {},
    el("caption", {}, caption),
    el(
      "tbody",
      {},
      ...rows.map(([name, does]) => el("tr", {}, el("th", { scope: "row" }, el("code", {}, name)), el("td", {}, does))),
    ),
  );

export const makeHelp = (): { readonly element: HTMLDialogElement; readonly show: () => void } => {
  const dialog = el("dialog", { class: "help", "aria-label": "Keys and filter" });
  const close = iconButton("close", "Close", () => dialog.close());
  dialog.append(
    el("div", { class: "help-title" }, el("h2", {}, "Keys and filter"), close),
    el(
      "div",
      { class: "help-body" },
      table("Keys in the list", keys),
      table("Keys on the timeline", timelineKeys),
      table("Filter", examples),
      table(
        "Filter keys",
        keyNames.map((name) => [`${name}:`, filterKeys[name].about]),
      ),
      table("States for is:", Object.entries(isAbout)),
    ),
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return {
    element: dialog,
    show: () => {
      if (!dialog.open) dialog.showModal();
    },
  };
};
