// One lane of blocks: a list of buttons, one stop of the Tab key, arrows go from one to the next.
import { type Child, el, setAttribute, setText } from "../dom.ts";
import type { Block } from "./laneLayout.ts";

export interface BlockWords {
  /** Within the block, where it has room. */
  readonly text: string;
  /** All of it: name, times, how it ended. */
  readonly label: string;
  /** The filter is narrowed to it. */
  readonly isChosen: boolean;
}

export const BLOCK_HEIGHT = 16;

class BlockButton {
  readonly element: HTMLElement;
  readonly button = el("button", { type: "button", class: "block", tabindex: -1 });
  block: Block | undefined;
  #written = "";

  constructor() {
    this.element = el("div", { role: "listitem" }, this.button);
  }

  show(block: Block, words: BlockWords): void {
    this.block = block;
    const { x, width, level, isOpen, failed } = block;
    const key = `${x} ${width} ${level} ${isOpen} ${failed} ${words.isChosen} ${words.label} ${words.text}`;
    if (key === this.#written) return;
    this.#written = key;
    const { style } = this.button;
    style.left = `${x}px`;
    style.width = `${Math.max(2, width - 1)}px`;
    style.top = `${level * BLOCK_HEIGHT}px`;
    this.button.classList.toggle("open", isOpen);
    this.button.classList.toggle("failed", failed > 0);
    setText(this.button, words.text);
    setAttribute(this.button, "aria-label", words.label);
    setAttribute(this.button, "title", words.label);
    setAttribute(this.button, "aria-pressed", String(words.isChosen));
  }
}

export class Lane {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #buttons: BlockButton[] = [];
  #count = 0;
  #active = 0;

  /** `name` names the lane; `onChoose` gets the block that was clicked. */
  constructor(name: string, className: string, onChoose: (block: Block) => void) {
    this.#list = el("div", { class: "lane-blocks", role: "list", "aria-label": name });
    const label: Child = el("span", { class: "lane-name", "aria-hidden": "true" }, name);
    this.element = el("div", { class: `lane ${className}` }, label, this.#list);
    this.#list.addEventListener("click", (event) => {
      const found = this.#buttons.find(({ button }) => button === event.target);
      if (found?.block !== undefined) onChoose(found.block);
    });
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("focusin", (event) => {
      const found = this.#buttons.findIndex(({ button }) => button === event.target);
      if (found >= 0) this.#setActive(found);
    });
  }

  show(blocks: readonly Block[], wordsOf: (block: Block) => BlockWords): void {
    while (this.#buttons.length < blocks.length) {
      const added = new BlockButton();
      this.#buttons.push(added);
      this.#list.append(added.element);
    }
    blocks.forEach((block, i) => void this.#buttons[i]?.show(block, wordsOf(block)));
    for (let i = 0; i < this.#buttons.length; i++) {
      const element = this.#buttons[i]?.element;
      if (element !== undefined && element.hidden !== i >= blocks.length) element.hidden = i >= blocks.length;
    }
    this.#count = blocks.length;
    const levels = blocks.reduce((most, { level }) => Math.max(most, level + 1), 1);
    const height = `${levels * BLOCK_HEIGHT}px`;
    if (this.#list.style.height !== height) this.#list.style.height = height;
    if (this.#active >= this.#count) this.#setActive(Math.max(0, this.#count - 1));
    else if (this.#buttons[this.#active]?.button.tabIndex !== 0) this.#setActive(this.#active);
  }

  #setActive(index: number): void {
    const before = this.#buttons[this.#active];
    if (before !== undefined) before.button.tabIndex = -1;
    this.#active = index;
    const now = this.#buttons[index];
    if (now !== undefined) now.button.tabIndex = 0;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const places: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(this.#count - 1, this.#active + 1),
      ArrowLeft: Math.max(0, this.#active - 1),
      Home: 0,
      End: this.#count - 1,
    };
    const next = this.#buttons[places[event.key] ?? -1];
    if (next === undefined) return;
    event.preventDefault();
    next.button.focus();
  }
}
