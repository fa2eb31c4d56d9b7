// Decides in which frames the page paints: at once when somebody acts, at half the display's rate for what comes in by
// itself, and seldom while a log pours in, because painting each frame would then cost more than reading it.

/** Nobody reads faster than this, and input stays light. */
const EVENT_PAINT_MS = 28;
const FLOOD_PAINT_MS = 100;

export class FramePacer {
  readonly #paint: () => void;
  readonly #isFlooded: () => boolean;
  #isAsked = false;
  #soon = false;
  #paintedAt = -Infinity;

  constructor(paint: () => void, isFlooded: () => boolean) {
    this.#paint = paint;
    this.#isFlooded = isFlooded;
  }

  /** Asks for a frame. `soon`: somebody acts and waits for it. */
  request(soon: boolean): void {
    this.#soon ||= soon;
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#isAsked = false;
    const wait = this.#soon ? 0 : this.#isFlooded() ? FLOOD_PAINT_MS : EVENT_PAINT_MS;
    if (performance.now() - this.#paintedAt < wait) {
      this.request(false);
      return;
    }
    this.#soon = false;
    this.#paintedAt = performance.now();
    this.#paint();
  }
}
