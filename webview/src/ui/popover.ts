// A small panel that explains what a button says. The browser's own popover: closes on Escape and on a click elsewhere,
// and gives the focus back.
import { el } from "./dom.ts";

export interface ExplanationGroup {
  readonly caption: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export interface Explanation {
  readonly title: string;
  readonly lines: readonly string[];
  /** Name and value, in two columns. */
  readonly table: readonly (readonly [name: string, value: string])[];
  /** More of the same, each under its caption. */
  readonly groups?: readonly ExplanationGroup[];
}

const tableOf = (rows: ExplanationGroup["rows"], caption = ""): HTMLElement[] => {
  if (rows.length === 0) return [];
  const body = rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
  return [el("table", {}, ...(caption === "" ? [] : [el("caption", {}, caption)]), el("tbody", {}, ...body))];
};

/** Makes `button` open and close a panel that says what `explain` gives at that moment. */
export const explainOn = (button: HTMLButtonElement, explain: () => Explanation): HTMLElement => {
  const panel = el("div", { class: "popover", popover: "auto", role: "dialog", tabindex: -1 });
  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  panel.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open") panel.focus();
  });
  button.popoverTargetElement = panel;
  button.addEventListener("click", () => {
    const { title, lines, table, groups = [] } = explain();
    panel.setAttribute("aria-label", title);
    panel.replaceChildren(
      el("h2", {}, title),
      ...lines.map((line) => el("p", {}, line)),
      ...tableOf(table),
      ...groups.flatMap(({ caption, rows }) => tableOf(rows, caption)),
    );
    const place = button.getBoundingClientRect();
    panel.style.top = `${place.bottom + 4}px`;
    panel.style.right = `${Math.max(8, document.documentElement.clientWidth - place.right)}px`;
  });
  return panel;
};
