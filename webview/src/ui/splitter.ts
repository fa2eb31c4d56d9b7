// The border between the grid and the details: a slider for mouse and keyboard.
import { el } from "./dom.ts";

const STEP = 0.04;
const MIN = 0.12;
const MAX = 0.85;

export class Splitter {
  readonly element = el("div", {
    class: "splitter",
    role: "separator",
    tabindex: 0,
    "aria-label": "Size of the details",
    "aria-controls": "details",
    "aria-valuemin": Math.round(MIN * 100),
    "aria-valuemax": Math.round(MAX * 100),
  });
  readonly #onShare: (share: number) => void;
  #share = 0.36;
  #isVertical = false;

  /** `onShare` gets the share of the page that the details shall take. */
  constructor(onShare: (share: number) => void) {
    this.#onShare = onShare;
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("pointerdown", (event) => this.#onPointer(event));
  }

  /** `isVertical`: a vertical line, with the details at its right. */
  show(share: number, isVertical: boolean): void {
    this.#share = share;
    this.#isVertical = isVertical;
    this.element.setAttribute("aria-orientation", isVertical ? "vertical" : "horizontal");
    this.element.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  }

  #set(share: number): void {
    this.#onShare(Math.max(MIN, Math.min(MAX, share)));
  }

  #onKey(event: KeyboardEvent): void {
    const grow = this.#isVertical ? "ArrowLeft" : "ArrowUp";
    const shrink = this.#isVertical ? "ArrowRight" : "ArrowDown";
    if (event.key === grow) this.#set(this.#share + STEP);
    else if (event.key === shrink) this.#set(this.#share - STEP);
    else if (event.key === "Home") this.#set(MIN);
    else if (event.key === "End") this.#set(MAX);
    else return;
    event.preventDefault();
  }

  #onPointer(event: PointerEvent): void {
    const parent = this.element.parentElement;
    if (parent === null || event.button !== 0) return;
    event.preventDefault();
    this.element.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent): void => {
      const box = parent.getBoundingClientRect();
      this.#set(this.#isVertical ? (box.right - moved.clientX) / box.width : (box.bottom - moved.clientY) / box.height);
    };
    this.element.addEventListener("pointermove", move);
    this.element.addEventListener("lostpointercapture", () => this.element.removeEventListener("pointermove", move), {
      once: true,
    });
  }
}
