// Decides in which frames the page paints: at once when somebody acts; for what comes in by itself so often that painting
// takes at most two fifths of the time, because input and reading need the rest; and seldom while a log pours in.

/** How much longer to wait than the last paint took. */
const REST = 1.5;
const MAX_WAIT_MS = 50;
const FLOOD_PAINT_MS = 100;

export class FramePacer {
  readonly #paint: () => void;
  readonly #isFlooded: () => boolean;
  readonly #afterFrame = new MessageChannel();
  #isAsked = false;
  #soon = false;
  #startedAt = -Infinity;
  /** What the last paint took with the browser's own part in it, in milliseconds. */
  #cost = 0;

  constructor(paint: () => void, isFlooded: () => boolean) {
    this.#paint = paint;
    this.#isFlooded = isFlooded;
    this.#afterFrame.port1.addEventListener("message", () => void (this.#cost = performance.now() - this.#startedAt));
    this.#afterFrame.port1.start();
  }

  /** Asks for a frame. `soon`: somebody acts and waits for it. */
  request(soon: boolean): void {
    this.#soon ||= soon;
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#frame());
  }

  get #wait(): number {
    if (this.#soon) return 0;
    return this.#isFlooded() ? FLOOD_PAINT_MS : Math.min(MAX_WAIT_MS, this.#cost * REST);
  }

  #frame(): void {
    this.#isAsked = false;
    const now = performance.now();
    if (now - this.#startedAt < this.#wait) {
      this.request(false);
      return;
    }
    this.#soon = false;
    this.#startedAt = now;
    this.#paint();
    // Its turn comes when the browser has laid out and painted what was written.
    this.#afterFrame.port2.postMessage(undefined);
  }
}
