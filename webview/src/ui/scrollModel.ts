// Where the list stands: the arithmetic of scrolling, apart from the DOM. The list may be taller than a browser lets an
// element be (33,554,428 px in Chromium, less when zoomed), and rows may come in above what one reads. Both are handled
// by a bias between the browser's scroll position and the place in the list: small scrolls move both alike, a jump (a
// drag of the scrollbar) maps the whole bar to the whole list.

export const ROW_HEIGHT = 22;
/** Far below the browser's limit, so that it holds at 400 % zoom too. */
export const MAX_HEIGHT = 8_000_000;

/** A scroll by more than this many viewports is a jump. */
const JUMP = 4;

export class ScrollModel {
  #count = 0;
  #viewport = 0;
  #top = 0;
  #scroll = 0;

  /** Place of the viewport's upper edge in the list, in pixels. */
  get top(): number {
    return this.#top;
  }
  /** The scroll position that the browser has. */
  get scroll(): number {
    return this.#scroll;
  }
  get viewport(): number {
    return this.#viewport;
  }
  /** Height that the scrolled element must have. */
  get height(): number {
    return Math.min(this.#count * ROW_HEIGHT, MAX_HEIGHT);
  }
  get maxTop(): number {
    return Math.max(0, this.#count * ROW_HEIGHT - this.#viewport);
  }
  get #maxScroll(): number {
    return Math.max(0, this.height - this.#viewport);
  }
  get atEnd(): boolean {
    return this.#top >= this.maxTop - 2;
  }
  /** What to subtract from a row's place in the list to get its place in the scrolled element. */
  get bias(): number {
    return Math.round(this.#top - this.#scroll);
  }

  setSize(count: number, viewport: number): void {
    this.#count = count;
    this.#viewport = viewport;
    this.#top = Math.min(this.#top, this.maxTop);
  }

  /** The browser scrolled to `scroll`. */
  scrolled(scroll: number): void {
    const delta = scroll - this.#scroll;
    this.#scroll = scroll;
    if (Math.abs(delta) > this.#viewport * JUMP) {
      const range = this.#maxScroll;
      this.#top = range === 0 ? 0 : Math.round((scroll * this.maxTop) / range);
    } else this.#top += delta;
    this.#top = Math.max(0, Math.min(this.maxTop, this.#top));
  }

  /** Goes to a place in the list. The browser's position follows at the next `settled`. */
  moveTo(top: number): void {
    this.#top = Math.max(0, Math.min(this.maxTop, Math.round(top)));
  }

  /** The scroll position that fits the place in the list. */
  get settled(): number {
    const range = this.maxTop;
    return range === 0 ? 0 : Math.round((this.#top * this.#maxScroll) / range);
  }

  /** True where the browser cannot scroll on although the list goes on, or has room left where the list ends. */
  get mustSettle(): boolean {
    if (Math.abs(this.#scroll - this.settled) < 1) return false;
    const stuckAbove = this.#scroll <= 0 && this.#top > 0;
    const stuckBelow = this.#scroll >= this.#maxScroll - 1 && this.#top < this.maxTop;
    const past = (this.#top <= 0 && this.#scroll > 0) || (this.#top >= this.maxTop && this.#scroll < this.#maxScroll);
    return stuckAbove || stuckBelow || past;
  }

  /** The browser's position was set to `settled` and is now `scroll`. */
  setScroll(scroll: number): void {
    this.#scroll = scroll;
  }

  /** First and last row to paint, `overscan` rows more on each side; `to` is exclusive. */
  range(overscan: number): { readonly from: number; readonly to: number } {
    const from = Math.max(0, Math.floor(this.#top / ROW_HEIGHT) - overscan);
    const to = Math.min(this.#count, Math.ceil((this.#top + this.#viewport) / ROW_HEIGHT) + overscan);
    return { from, to };
  }

  /** Moves as little as needed to have the row at `place` wholly in view. */
  reveal(place: number): void {
    const at = place * ROW_HEIGHT;
    if (at < this.#top) this.moveTo(at);
    else if (at + ROW_HEIGHT > this.#top + this.#viewport) this.moveTo(at + ROW_HEIGHT - this.#viewport);
  }
}
