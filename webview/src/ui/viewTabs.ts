// The strip of tabs that chooses how the run is looked at, by the tabs pattern of the ARIA Authoring Practices: one stop of
// the Tab key, arrows move and choose.
import { type ViewName, viewNames } from "../model/viewTree.ts";
import { viewWords } from "../text/viewWords.ts";
import { el, setAttribute } from "./dom.ts";

/** Id of the element that the tabs choose the content of. */
export const TAB_PANEL_ID = "view";

const tabId = (name: ViewName): string => `tab-${name}`;

export class ViewTabs {
  readonly element = el("div", { class: "tabs", role: "tablist", "aria-label": "Views of the run" });
  readonly panel: HTMLElement;
  readonly #tabs = new Map<ViewName, HTMLButtonElement>();
  readonly #onChoose: (name: ViewName) => void;
  #shown: ViewName = "processes";

  /** `panel` is what changes with the tab. */
  constructor(panel: HTMLElement, onChoose: (name: ViewName) => void) {
    this.panel = panel;
    this.#onChoose = onChoose;
    panel.id = TAB_PANEL_ID;
    panel.setAttribute("role", "tabpanel");
    for (const name of viewNames) {
      const attributes = { type: "button", class: "tab", role: "tab", id: tabId(name), "aria-controls": TAB_PANEL_ID };
      const tab = el("button", attributes, viewWords[name].tab);
      tab.addEventListener("click", () => onChoose(name));
      this.#tabs.set(name, tab);
      this.element.append(tab);
    }
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.show("processes");
  }

  show(name: ViewName): void {
    this.#shown = name;
    for (const [other, tab] of this.#tabs) {
      const isShown = other === name;
      setAttribute(tab, "aria-selected", String(isShown));
      setAttribute(tab, "tabindex", isShown ? 0 : -1);
    }
    this.panel.setAttribute("aria-labelledby", tabId(name));
    // The host's context menu offers what the view has.
    this.panel.dataset["vscodeContext"] = JSON.stringify({ webviewView: name });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = viewNames.indexOf(this.#shown);
    const last = viewNames.length - 1;
    const places: Readonly<Record<string, number>> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const name = viewNames[places[event.key] ?? -1];
    if (name === undefined) return;
    event.preventDefault();
    this.#onChoose(name);
    this.#tabs.get(name)?.focus();
  }
}
