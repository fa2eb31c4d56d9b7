// The filter box: a combobox that completes keys and values, says what is wrong where it is wrong, and hands a filter on
// as soon as it can be read.
import { FilterHistory } from "../filter/filterHistory.ts";
import { parseQuery, type Query } from "../filter/parser.ts";
import { type Suggestions, suggest } from "../filter/suggest.ts";
import type { SeenValues } from "../model/seenValues.ts";
import { visibleText } from "../text/visibleText.ts";
import { el, icon, iconButton, setAttribute, setText } from "./dom.ts";

export interface FilterHooks {
  readonly onQuery: (query: Query, text: string) => void;
  /** The user is done with the box. */
  readonly onLeave: () => void;
  readonly seen: () => SeenValues;
}

/** Typing is not an error yet: complaints wait this long. */
const COMPLAIN_MS = 700;
const MAX_TEXT = 10_000;

export class FilterBar {
  readonly element: HTMLElement;
  readonly problem = el("div", { class: "filter-problem", id: "filter-problem", hidden: true });
  readonly #input = el("input", {
    type: "text",
    class: "filter-input",
    role: "combobox",
    "aria-label": "Filter",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "filter-list",
    placeholder: "Filter, for example host:*.github.com -comm:git",
    spellcheck: "false",
    autocomplete: "off",
    maxlength: MAX_TEXT,
  });
  readonly #list = el("div", {
    class: "suggestions",
    role: "listbox",
    id: "filter-list",
    "aria-label": "Completions",
    hidden: true,
  });
  readonly #count = el("span", { class: "filter-count" });
  readonly #clear: HTMLButtonElement;
  readonly #hooks: FilterHooks;
  readonly #history = new FilterHistory();
  #suggestions: Suggestions = { start: 0, end: 0, items: [] };
  #chosen = -1;
  #complainTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(hooks: FilterHooks) {
    this.#hooks = hooks;
    this.#clear = iconButton("close", "Clear the filter", () => {
      this.setText("");
      this.#input.focus();
    });
    this.#clear.hidden = true;
    this.element = el("div", { class: "filter" }, icon("filter"), this.#input, this.#count, this.#clear, this.#list);
    this.#input.addEventListener("input", () => this.#onInput(true));
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => {
      this.#close();
      this.#complain();
      this.#history.note(this.text);
    });
    // The list must not take the focus out of the box.
    this.#list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=option]") : null;
      if (option !== null) this.#accept(Number(option.dataset["index"]));
    });
  }

  get text(): string {
    return this.#input.value;
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Adds a term to what is there. */
  add(term: string): void {
    this.setText(`${this.text.trim()} ${term}`.trim());
  }

  setText(text: string): void {
    this.#input.value = text.slice(0, MAX_TEXT);
    this.#onInput(false);
  }

  /** How many rows fit, or nothing where there is no filter. */
  showCount(text: string): void {
    setText(this.#count, text);
  }

  #onInput(byUser: boolean): void {
    const query = parseQuery(this.text);
    this.#clear.hidden = this.text === "";
    this.#showProblem(undefined);
    clearTimeout(this.#complainTimer);
    if (query.problems.length > 0) this.#complainTimer = setTimeout(() => this.#complain(), COMPLAIN_MS);
    this.#hooks.onQuery(query, this.text);
    if (byUser) this.#suggest(false);
    else this.#close();
  }

  #complain(): void {
    clearTimeout(this.#complainTimer);
    this.#showProblem(parseQuery(this.text).problems[0]);
  }

  /** Shows the text of the term and a mark below the place that is meant. */
  #showProblem(problem: Query["problems"][number] | undefined): void {
    this.problem.hidden = problem === undefined;
    setAttribute(this.#input, "aria-invalid", problem === undefined ? undefined : "true");
    setAttribute(this.#input, "aria-describedby", problem === undefined ? undefined : "filter-problem");
    if (problem === undefined) return;
    const where = this.text.slice(problem.start, problem.end);
    this.problem.replaceChildren(
      icon("error"),
      el("code", {}, visibleText(where, 60)),
      `at ${problem.start + 1}: ${problem.message}`,
    );
  }

  #suggest(asked: boolean): void {
    const caret = this.#input.selectionStart ?? this.text.length;
    this.#suggestions =
      this.text === "" && !asked ? { start: 0, end: 0, items: [] } : suggest(this.text, caret, this.#hooks.seen());
    this.#chosen = -1;
    if (this.text === "" && asked) this.#offerUsed();
    const { items } = this.#suggestions;
    this.#list.replaceChildren(
      ...items.map((item, i) =>
        el(
          "div",
          { role: "option", id: `filter-option-${i}`, "data-index": i, "aria-selected": "false", class: "suggestion" },
          el("span", { class: "suggestion-label" }, visibleText(item.label, 200)),
          el("span", { class: "suggestion-detail" }, item.detail),
        ),
      ),
    );
    this.#list.hidden = items.length === 0;
    this.#input.setAttribute("aria-expanded", String(items.length > 0));
    this.#choose(-1);
  }

  /** In front of the keys: the filters of before. */
  #offerUsed(): void {
    const used = this.#history.used.map((text) => ({ insert: text, label: text, detail: "used before" }));
    this.#suggestions = { ...this.#suggestions, items: [...used, ...this.#suggestions.items] };
  }

  #close(): void {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#suggestions = { start: 0, end: 0, items: [] };
    this.#choose(-1);
  }

  #choose(index: number): void {
    this.#chosen = index;
    [...this.#list.children].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === index));
      if (i === index) option.scrollIntoView({ block: "nearest" });
    });
    setAttribute(this.#input, "aria-activedescendant", index < 0 ? undefined : `filter-option-${index}`);
  }

  #accept(index: number): void {
    const item = this.#suggestions.items[index];
    if (item === undefined) return;
    const { start, end } = this.#suggestions;
    const isKey = item.insert.endsWith(":");
    const after = this.text.slice(end);
    const gap = isKey || after.startsWith(" ") ? "" : " ";
    this.#input.value = this.text.slice(0, start) + item.insert + gap + after;
    const caret = start + item.insert.length + (isKey ? 0 : 1);
    this.#input.setSelectionRange(caret, caret);
    this.#onInput(false);
    if (isKey) this.#suggest(true);
  }

  #onKey(event: KeyboardEvent): void {
    const { items } = this.#suggestions;
    const isOpen = items.length > 0;
    switch (event.key) {
      case "ArrowDown":
        if (!isOpen) this.#suggest(true);
        else this.#choose((this.#chosen + 1) % items.length);
        break;
      case "ArrowUp":
        if (!isOpen) return;
        this.#choose((this.#chosen <= 0 ? items.length : this.#chosen) - 1);
        break;
      case "Enter":
        if (this.#chosen >= 0) this.#accept(this.#chosen);
        else {
          this.#close();
          this.#complain();
          this.#hooks.onLeave();
        }
        break;
      case "Tab":
        if (this.#chosen < 0) return;
        this.#accept(this.#chosen);
        break;
      case "Escape":
        if (isOpen) this.#close();
        else if (this.text !== "") {
          this.#history.note(this.text);
          this.setText("");
        } else this.#hooks.onLeave();
        break;
      default:
        if (event.ctrlKey && event.key === " ") this.#suggest(true);
        else return;
    }
    event.preventDefault();
  }
}
