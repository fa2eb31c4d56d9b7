// The scrolled part of the grid: keeps just enough row elements for what is in view, places them, and holds still what
// one reads while rows come in above it.
import type { RowText } from "../text/describeRow.ts";
import type { RowOrder } from "../model/rowOrder.ts";
import { el } from "./dom.ts";
import { GridRow, type RowPlace } from "./gridRow.ts";
import { ROW_HEIGHT, ScrollModel } from "./scrollModel.ts";

const OVERSCAN = 5;
/** Row elements kept for later use. */
const MAX_SPARE = 64;
/** After this long without scrolling the browser's position is made to fit the place in the list. */
const SETTLE_MS = 250;

export interface ViewportHooks {
  /** Asks for a frame. */
  readonly requestFrame: () => void;
  /** The user scrolled: up, or to the end, or elsewhere. */
  readonly onUserScroll: (move: "up" | "end" | "other") => void;
}

export class GridViewport {
  readonly scroller = el("div", { class: "grid-scroller", role: "presentation", tabindex: -1 });
  readonly #spacer = el("div", { class: "grid-spacer", role: "rowgroup" });
  readonly #model = new ScrollModel();
  readonly #hooks: ViewportHooks;
  readonly #used = new Map<number, GridRow>();
  readonly #free: GridRow[] = [];
  #order: RowOrder | undefined;
  #anchor: { readonly row: number; readonly offset: number } | undefined;
  #pointerY: number | undefined;
  #height = -1;
  #lastScrollAt = 0;
  #isSettling = false;

  constructor(hooks: ViewportHooks) {
    this.#hooks = hooks;
    this.scroller.append(this.#spacer);
    this.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
    this.scroller.addEventListener("pointermove", (event) => void (this.#pointerY = event.clientY), { passive: true });
    this.scroller.addEventListener("pointerleave", () => void (this.#pointerY = undefined), { passive: true });
    this.scroller.addEventListener(
      "wheel",
      (event) => {
        if (event.deltaY < 0 && this.#model.maxTop > 0) this.#hooks.onUserScroll("up");
      },
      { passive: true },
    );
  }

  get page(): number {
    return Math.max(1, Math.floor(this.#model.viewport / ROW_HEIGHT) - 1);
  }

  get atEnd(): boolean {
    return this.#model.atEnd;
  }

  /** Number of row elements that exist: bounded by the view's height, whatever the list's length. */
  get elementCount(): number {
    return this.#used.size + this.#free.length;
  }

  /** The first row in view and how far it is scrolled: for the saved state. */
  get topRow(): { readonly row: number; readonly offset: number } {
    const place = Math.floor(this.#model.top / ROW_HEIGHT);
    return { row: this.#order?.at(place) ?? 0, offset: this.#model.top - place * ROW_HEIGHT };
  }

  #onScroll(): void {
    const scroll = this.scroller.scrollTop;
    if (Math.abs(scroll - this.#model.scroll) < 0.5) return;
    const before = this.#model.top;
    this.#model.scrolled(scroll);
    this.#lastScrollAt = performance.now();
    const move = this.#model.top < before ? "up" : this.#model.atEnd ? "end" : "other";
    this.#hooks.onUserScroll(move);
    this.#hooks.requestFrame();
  }

  /**
   * Remembers what must not move while the list changes: the row under the pointer, else `selected` where it is in view,
   * else the first row in view. Call before the list changes, then `hold` after.
   */
  aim(order: RowOrder, selected: number): void {
    this.#order = order;
    const { top, viewport } = this.#model;
    const inView = (y: number): boolean => y > top - ROW_HEIGHT && y < top + viewport;
    let place = Math.ceil(top / ROW_HEIGHT);
    const selectedPlace = selected === 0 ? -1 : order.placeOf(selected);
    if (selectedPlace >= 0 && inView(selectedPlace * ROW_HEIGHT)) place = selectedPlace;
    if (this.#pointerY !== undefined) {
      const y = this.#pointerY - this.scroller.getBoundingClientRect().top + top;
      place = Math.floor(y / ROW_HEIGHT);
    }
    const row = order.at(place);
    this.#anchor = row === 0 ? undefined : { row, offset: place * ROW_HEIGHT - top };
  }

  /** Another list follows: what was aimed at is not in it, and it is shown from its start. */
  forget(): void {
    this.#anchor = undefined;
    this.#model.moveTo(0);
  }

  /**
   * Takes the changed list; with `follow` its end stays in view, else what `aim` chose stays where it is, or where that is
   * gone, what `nearest` gives for it. Where nothing of it is left, the list is shown from its start.
   */
  hold(order: RowOrder, follow: boolean, nearest: (row: number) => number): void {
    this.#order = order;
    this.#model.setSize(order.count, this.#model.viewport);
    if (follow) this.#model.moveTo(this.#model.maxTop);
    else if (this.#anchor !== undefined) {
      const place = order.placeOf(nearest(this.#anchor.row));
      this.#model.moveTo(place < 0 ? 0 : place * ROW_HEIGHT - this.#anchor.offset);
    }
  }

  /** The height for rows, in pixels, as the layout has it. */
  resize(viewport: number): void {
    const atEnd = this.#model.atEnd;
    this.#model.setSize(this.#order?.count ?? 0, viewport);
    if (atEnd) this.#model.moveTo(this.#model.maxTop);
  }

  isInView(place: number): boolean {
    const y = place * ROW_HEIGHT - this.#model.top;
    return y > -ROW_HEIGHT && y < this.#model.viewport;
  }

  reveal(place: number): void {
    this.#model.reveal(place);
  }

  /** Puts a row at the upper edge, `offset` pixels of it scrolled away. */
  showAt(place: number, offset: number): void {
    this.#model.moveTo(place * ROW_HEIGHT + offset);
  }

  moveToEnd(): void {
    this.#model.moveTo(this.#model.maxTop);
  }

  /** Paints the rows in view, and `active` wherever it is, so that focus has an element to be on. */
  paint(
    order: RowOrder,
    active: number,
    placeOf: (row: number, place: number) => RowPlace,
    textOf: (row: number) => RowText,
    settleNow: boolean,
  ): void {
    if (this.#height !== this.#model.height) {
      this.#height = this.#model.height;
      this.#spacer.style.height = `${this.#height}px`;
    }
    const settles = this.#mustSettle(settleNow);
    if (settles) this.#model.setScroll(this.#model.settled);
    const { from, to } = this.#model.range(OVERSCAN);
    const rows: { row: number; place: number }[] = [];
    const activePlace = active === 0 ? -1 : order.placeOf(active);
    if (activePlace >= 0 && activePlace < from) rows.push({ row: active, place: activePlace });
    for (let place = from; place < to; place++) rows.push({ row: order.at(place), place });
    if (activePlace >= to) rows.push({ row: active, place: activePlace });

    const wanted = new Set(rows.map(({ row }) => row));
    for (const [row, element] of this.#used) {
      if (wanted.has(row)) continue;
      this.#used.delete(row);
      this.#free.push(element);
      // Out of the way: left standing between the others, it would have each of them moved, and laid out anew.
      element.element.remove();
    }
    const bias = this.#model.bias;
    // Elements stand in the order of the rows, because a screen reader reads them in document order.
    let next = this.#spacer.firstChild;
    for (const { row, place } of rows) {
      let element = this.#used.get(row);
      if (element === undefined) {
        element = this.#free.pop() ?? new GridRow();
        this.#used.set(row, element);
      }
      element.patch(placeOf(row, place), textOf(row));
      element.moveTo(Math.max(-ROW_HEIGHT * 2, Math.min(this.#height, place * ROW_HEIGHT - bias)));
      if (element.element === next) next = next.nextSibling;
      else this.#spacer.insertBefore(element.element, next);
    }
    this.#free.length = Math.min(this.#free.length, MAX_SPARE);
    // Last, because it makes the browser lay out: once, with everything in place.
    if (settles) this.#scrollTo(this.#model.scroll);
  }

  elementOf(row: number): GridRow | undefined {
    return this.#used.get(row);
  }

  /** The browser's scroll position has to fit the place: at once where it must, else when scrolling has come to rest. */
  #mustSettle(now: boolean): boolean {
    if (Math.abs(this.#model.scroll - this.#model.settled) < 1) return false;
    if (now || this.#model.mustSettle || performance.now() - this.#lastScrollAt > SETTLE_MS) return true;
    if (this.#isSettling) return false;
    this.#isSettling = true;
    setTimeout(() => {
      this.#isSettling = false;
      this.#hooks.requestFrame();
    }, SETTLE_MS);
    return false;
  }

  #scrollTo(wanted: number): void {
    this.scroller.scrollTop = wanted;
    const got = this.scroller.scrollTop;
    if (Math.abs(got - wanted) < 1) return;
    // The browser would not go there; the rows are placed for where it is in the next frame.
    this.#model.setScroll(got);
    this.#hooks.requestFrame();
  }
}
