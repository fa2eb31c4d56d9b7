// Decides in which frames the page paints: at once when somebody acts; for what comes in by itself so often that painting
// takes at most two fifths of the time, because input and reading need the rest; and seldom while a log pours in.

/** How much longer to wait than the last paint took. */
const REST = 1.5;
const MAX_WAIT_MS = 50;
const FLOOD_PAINT_MS = 100;
/** A frame that is asked for comes so much later, on average. */
const HALF_FRAME_MS = 8;

export class FramePacer {
  readonly #paint: (isSoon: boolean) => void;
  readonly #isFlooded: () => boolean;
  readonly #now: () => number;
  readonly #afterFrame = new MessageChannel();
  #isAsked = false;
  #soon = false;
  #startedAt = -Infinity;
  /** What the last paint took with the browser's own part in it, in milliseconds. */
  #cost = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;

  /** `paint` hears whether somebody acts and waits for it. */
  constructor(paint: (isSoon: boolean) => void, isFlooded: () => boolean, now = (): number => performance.now()) {
    this.#paint = paint;
    this.#isFlooded = isFlooded;
    this.#now = now;
    this.#afterFrame.port1.addEventListener("message", () => void (this.#cost = now() - this.#startedAt));
    this.#afterFrame.port1.start();
  }

  /** Asks for a frame. `soon`: somebody acts and waits for it. */
  request(soon: boolean): void {
    this.#soon ||= soon;
    if (this.#isAsked) return;
    const now = this.#now();
    const at = this.#startedAt + this.#wait - HALF_FRAME_MS;
    if (at <= now) this.#ask();
    else if (at < this.#timerAt) this.#askAt(at, now);
  }

  /** By a timer: to look in each frame whether it is time yet has the browser make each of these frames. */
  #askAt(at: number, now: number): void {
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#ask(), at - now);
  }

  #ask(): void {
    clearTimeout(this.#timer);
    this.#timerAt = Infinity;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#frame());
  }

  get #wait(): number {
    if (this.#soon) return 0;
    return this.#isFlooded() ? FLOOD_PAINT_MS : Math.min(MAX_WAIT_MS, this.#cost * REST);
  }

  #frame(): void {
    this.#isAsked = false;
    const isSoon = this.#soon;
    this.#soon = false;
    this.#startedAt = this.#now();
    this.#paint(isSoon);
    // Its turn comes when the browser has laid out and painted what was written.
    this.#afterFrame.port2.postMessage(undefined);
  }
}
