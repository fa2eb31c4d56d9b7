// The buttons beside the filter box for what one looks for first: what was blocked, what a policy would block, findings,
// failures, first contacts. Each says how many rows it finds and puts its term into the box, or takes it out again.
import { hasTerm, withoutTerms } from "../filter/editTerms.ts";
import { flag } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { plural } from "../text/format.ts";
import { el, icon, setAttribute, setText } from "./dom.ts";

interface QuickFilter {
  readonly term: string;
  readonly icon: string;
  /** What stands behind the count; of one, and of several. */
  readonly words: readonly [one: string, many: string];
  readonly about: string;
  readonly tone: "bad" | "warn" | "quiet";
  readonly count: (model: RunModel) => number;
}

const flagged =
  (bit: number) =>
  (model: RunModel): number =>
    model.flagged[bit] ?? 0;

const quickFilters: readonly QuickFilter[] = [
  {
    term: "is:denied",
    icon: "circle-slash",
    words: ["blocked", "blocked"],
    about: "what was blocked",
    tone: "bad",
    count: flagged(flag.denied),
  },
  {
    term: "is:would-block",
    icon: "warning",
    words: ["would block", "would block"],
    about: "what the policy would block",
    tone: "warn",
    count: flagged(flag.wouldBlock),
  },
  {
    term: "type:finding",
    icon: "flame",
    words: ["finding", "findings"],
    about: "findings",
    tone: "warn",
    count: (model) => model.facts.byType.get("finding") ?? 0,
  },
  {
    term: "is:failed",
    icon: "error",
    words: ["failed", "failed"],
    about: "what failed",
    tone: "quiet",
    count: flagged(flag.failed),
  },
  {
    term: "is:new",
    icon: "arrow-right",
    words: ["new", "new"],
    about: "first contacts with a destination",
    tone: "quiet",
    count: flagged(flag.firstContact),
  },
];

const allTerms = quickFilters.map(({ term }) => term);

/** The filter's text with `term` as the one of these terms that is in it, or with none where it was in it. Pure. */
export const toggleQuickFilter = (text: string, term: string): string => {
  const rest = withoutTerms(text, allTerms);
  return hasTerm(text, term) ? rest : `${rest} ${term}`.trim();
};

export class QuickFilters {
  readonly element = el("div", { class: "quick-filters", role: "group", "aria-label": "Quick filters", hidden: true });
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #texts: readonly HTMLElement[];
  #shown: number[] = quickFilters.map(() => 0);

  /** `changeFilter` puts what is given for the filter's text in its place. */
  constructor(changeFilter: (change: (text: string) => string) => void) {
    this.#texts = quickFilters.map(() => el("span", {}));
    this.#buttons = quickFilters.map(({ term, icon: name, about, tone }, i) => {
      const button = el(
        "button",
        { type: "button", class: "quick-filter", "data-tone": tone, "aria-pressed": "false", hidden: true },
        icon(name),
        this.#texts[i] ?? "",
      );
      button.title = `Show only ${about} (${term}), or everything again`;
      button.addEventListener("click", () => changeFilter((text) => toggleQuickFilter(text, term)));
      return button;
    });
    this.element.append(...this.#buttons);
  }

  /** Marks what is in the filter's text. */
  onFilter(text: string): void {
    quickFilters.forEach(({ term }, i) => {
      const button = this.#buttons[i];
      if (button !== undefined) setAttribute(button, "aria-pressed", String(hasTerm(text, term)));
    });
  }

  paint(model: RunModel): void {
    const counts = quickFilters.map(({ count }) => count(model));
    if (counts.every((count, i) => count === this.#shown[i])) return;
    this.#shown = counts;
    counts.forEach((count, i) => {
      const [button, text] = [this.#buttons[i], this.#texts[i]];
      if (button === undefined || text === undefined) return;
      setText(text, plural(count, ...(quickFilters[i]?.words ?? ["", ""])));
      // One that is pressed stays, so that it can be let go.
      button.hidden = count === 0 && button.getAttribute("aria-pressed") !== "true";
    });
    this.element.hidden = this.#buttons.every(({ hidden }) => hidden);
  }
}
