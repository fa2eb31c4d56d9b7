// A small panel that explains what a button says. The browser's own popover: closes on Escape and on a click elsewhere,
// and gives the focus back.
import { el } from "./dom.ts";

export interface Explanation {
  readonly title: string;
  readonly lines: readonly string[];
  /** Name and value, in two columns. */
  readonly table: readonly (readonly [name: string, value: string])[];
}

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
    const { title, lines, table } = explain();
    panel.setAttribute("aria-label", title);
    const rows = table.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
    panel.replaceChildren(
      el("h2", {}, title),
      ...lines.map((line) => el("p", {}, line)),
      ...(rows.length > 0 ? [el("table", {}, el("tbody", {}, ...rows))] : []),
    );
    const place = button.getBoundingClientRect();
    panel.style.top = `${place.bottom + 4}px`;
    panel.style.right = `${Math.max(8, document.documentElement.clientWidth - place.right)}px`;
  });
  return panel;
};
