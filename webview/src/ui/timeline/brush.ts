// The range of time that is chosen on the timeline: by drag, by its two edges, and by keys. It only shows and asks; what is
// chosen is a term of the filter.
import type { TimeRange } from "../../filter/timeTerm.ts";
import { formatClock, formatDuration, formatOffset } from "../../text/format.ts";
import { el, setAttribute } from "../dom.ts";
import { moveEdge, moveRange, startRange } from "./brushKeys.ts";
import { placeOf, type TimeAxis, timeAt } from "./timeAxis.ts";

export interface BrushHooks {
  readonly axis: () => TimeAxis;
  /** Start of the run. */
  readonly start: () => number;
  /** What was chosen; undefined for all. `isFinal` is false while the pointer still drags. */
  readonly onRange: (range: TimeRange | undefined, isFinal: boolean) => void;
}

/** Nearer than this it is a click. */
const DRAG = 4;
/** While dragging, the filter follows where the pointer rests. */
const REST_MS = 120;

type Part = "window" | "from" | "to";
type Drag = { readonly part: Part | "new"; readonly at: number; readonly range: TimeRange; moved: boolean };

const slider = (part: Part, label: string): HTMLElement =>
  el("div", { class: `brush-${part}`, role: "slider", tabindex: part === "window" ? 0 : -1, "aria-label": label });

export class Brush {
  /** Lies over the lanes; only its edges take the pointer, everything else is what lies below it. */
  readonly element: HTMLElement;
  readonly #window = slider("window", "Time range");
  readonly #edges: { readonly [P in "from" | "to"]: HTMLElement } = {
    from: slider("from", "Start of the time range"),
    to: slider("to", "End of the time range"),
  };
  readonly #before = el("div", { class: "brush-outside" });
  readonly #after = el("div", { class: "brush-outside" });
  readonly #hooks: BrushHooks;
  #range: TimeRange | undefined;
  #drag: Drag | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #shown = "";
  /** The click that ends a drag is none. */
  #isClickOver = false;

  constructor(hooks: BrushHooks) {
    this.#hooks = hooks;
    this.element = el(
      "div",
      { class: "brush" },
      this.#before,
      this.#after,
      this.#window,
      this.#edges.from,
      this.#edges.to,
    );
    this.#window.addEventListener("keydown", (event) => this.#onKey(event, "window"));
    for (const edge of ["from", "to"] as const) {
      this.#edges[edge].addEventListener("keydown", (event) => this.#onKey(event, edge));
    }
  }

  get isDragging(): boolean {
    return this.#drag !== undefined;
  }

  /** Lets `surface`, the lanes, be dragged on. What is on it can still be clicked. */
  listenOn(surface: HTMLElement): void {
    surface.addEventListener("pointerdown", (event) => this.#onDown(event, surface));
    surface.addEventListener("pointermove", (event) => {
      if (this.#drag !== undefined) return;
      const t = timeAt(this.#hooks.axis(), event.clientX - surface.getBoundingClientRect().left);
      surface.classList.toggle("over-range", this.#isInRange(t));
    });
    surface.addEventListener(
      "click",
      (event) => {
        if (this.#isClickOver) event.stopPropagation();
      },
      { capture: true },
    );
    surface.addEventListener("dblclick", (event) => {
      if (event.target instanceof Element && event.target.closest(".block") !== null) return;
      this.#hooks.onRange(undefined, true);
    });
  }

  /** The range that the filter has; what is dragged now stays as it is. */
  setRange(range: TimeRange | undefined): void {
    if (this.#drag === undefined || !this.#drag.moved) this.#range = range;
  }

  /** Brings the elements up to date. */
  paint(): void {
    const axis = this.#hooks.axis();
    const range = this.#range;
    const left = range === undefined ? 0 : Math.max(0, Math.min(axis.width, placeOf(axis, range.from)));
    const right = range === undefined ? axis.width : Math.max(0, Math.min(axis.width, placeOf(axis, range.to)));
    const key = `${left} ${right} ${axis.width} ${axis.from} ${axis.to} ${range?.from} ${range?.to}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.element.classList.toggle("has-range", range !== undefined);
    this.#before.style.width = `${left}px`;
    this.#after.style.left = `${right}px`;
    this.#window.style.left = `${left}px`;
    this.#window.style.width = `${Math.max(1, right - left)}px`;
    this.#edges.from.style.left = `${left}px`;
    this.#edges.to.style.left = `${right}px`;
    this.#say(axis, range);
  }

  #say(axis: TimeAxis, range: TimeRange | undefined): void {
    const start = this.#hooks.start();
    const seconds = (t: number): number => Math.round((t - start) / 1e4) / 100;
    const [from, to] = [Math.max(range?.from ?? axis.from, axis.from), Math.min(range?.to ?? axis.to, axis.to)];
    const moment = (t: number): string => `${formatClock(t)}, ${formatOffset(t - start)}`;
    const text =
      range === undefined
        ? "the whole run"
        : `${moment(from)} to ${moment(to)}, ${formatDuration(Math.max(0, to - from))} long`;
    const parts = [
      [this.#window, from, text],
      [this.#edges.from, from, moment(from)],
      [this.#edges.to, to, moment(to)],
    ] as const;
    for (const [element, value, words] of parts) {
      setAttribute(element, "aria-valuemin", seconds(axis.from));
      setAttribute(element, "aria-valuemax", seconds(axis.to));
      setAttribute(element, "aria-valuenow", seconds(value));
      setAttribute(element, "aria-valuetext", words);
    }
    for (const edge of [this.#edges.from, this.#edges.to]) {
      edge.hidden = range === undefined;
      edge.tabIndex = range === undefined ? -1 : 0;
    }
  }

  /** The range within the axis, for moving what has an open end. */
  #within(): TimeRange | undefined {
    const range = this.#range;
    const axis = this.#hooks.axis();
    return range === undefined ? undefined : { from: Math.max(range.from, axis.from), to: Math.min(range.to, axis.to) };
  }

  #onKey(event: KeyboardEvent, part: Part): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const axis = this.#hooks.axis();
    const range = this.#within();
    if (event.key === "Escape") {
      // Without a range the key is the page's.
      if (range === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.#hooks.onRange(undefined, true);
      if (part !== "window") this.#window.focus();
      return;
    }
    const next =
      range === undefined
        ? startRange(event.key, axis)
        : part === "window"
          ? moveRange(event, range, axis)
          : moveEdge(event.key, part, range, axis);
    if (next === undefined) return;
    event.preventDefault();
    this.#range = next;
    this.#hooks.onRange(next, true);
  }

  #onDown(event: PointerEvent, surface: HTMLElement): void {
    if (event.button !== 0) return;
    const x = event.clientX - surface.getBoundingClientRect().left;
    const at = timeAt(this.#hooks.axis(), x);
    const { target } = event;
    const part: Drag["part"] =
      target === this.#edges.from ? "from" : target === this.#edges.to ? "to" : this.#isInRange(at) ? "window" : "new";
    this.#drag = { part, at, range: this.#within() ?? { from: at, to: at }, moved: false };
    const startX = event.clientX;
    const move = (moved: PointerEvent): void => {
      if (this.#drag === undefined) return;
      if (!this.#drag.moved && Math.abs(moved.clientX - startX) < DRAG) return;
      // Captured only now: a click on a block is to stay one.
      if (!this.#drag.moved) surface.setPointerCapture(event.pointerId);
      this.#drag.moved = true;
      this.#dragTo(timeAt(this.#hooks.axis(), moved.clientX - surface.getBoundingClientRect().left));
    };
    const end = (): void => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      document.removeEventListener("pointercancel", end);
      clearTimeout(this.#rest);
      const { moved } = this.#drag ?? { moved: false };
      this.#drag = undefined;
      if (!moved) return;
      this.#isClickOver = true;
      setTimeout(() => void (this.#isClickOver = false), 0);
      this.#hooks.onRange(this.#range, true);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  }

  /** What is dragged from within the range is the range. */
  #isInRange(t: number): boolean {
    return this.#range !== undefined && t >= this.#range.from && t <= this.#range.to;
  }

  #dragTo(t: number): void {
    const drag = this.#drag;
    if (drag === undefined) return;
    const axis = this.#hooks.axis();
    const clamp = (time: number): number => Math.max(axis.from, Math.min(axis.to, time));
    const { from, to } = drag.range;
    if (drag.part === "window") {
      const by = Math.max(axis.from - from, Math.min(axis.to - to, t - drag.at));
      this.#range = { from: from + by, to: to + by };
    } else {
      const fixed = drag.part === "from" ? to : drag.part === "to" ? from : drag.at;
      const other = clamp(t);
      this.#range = { from: Math.min(fixed, other), to: Math.max(fixed, other) };
    }
    this.#hooks.onRange(this.#range, false);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#hooks.onRange(this.#range, true), REST_MS);
  }
}
