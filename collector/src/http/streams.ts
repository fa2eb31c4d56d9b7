// The long responses that are under way: how many there may be, and how they end when the server closes.
import { Listeners } from "../log/listeners.ts";

/** A client that lost its connection comes back within this time, or it does not come back. */
const COMES_BACK_MS = 3_000;

export class Streams {
  readonly #most: number;
  readonly #closeListeners = new Listeners();
  #closing = false;
  #open = 0;
  /** Connections lost before their stream's end, less the clients that have come back. */
  #lost = 0;
  #lastLost = 0;
  #onQuiet: (() => void) | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get open(): number {
    return this.#open;
  }

  get full(): boolean {
    return this.#open >= this.#most;
  }

  /** Streams should end as soon as they have sent what there is. */
  get closing(): boolean {
    return this.#closing;
  }

  /** Calls `listener` when `closing` becomes true; the returned function removes it. */
  onClosing(listener: () => void): () => void {
    return this.#closeListeners.add(listener);
  }

  /** A stream starts; `resumed` where the client had one before. */
  start(resumed: boolean): void {
    this.#open += 1;
    if (resumed) this.#lost = Math.max(0, this.#lost - 1);
  }

  /** A stream is over; `whole` where the client was sent all of it. */
  finish(whole: boolean): void {
    this.#open -= 1;
    if (!whole) {
      this.#lost += 1;
      this.#lastLost = Date.now();
    }
    this.#onQuiet?.();
  }

  /**
   * Lets the streams end at the end of what there is, and resolves when none is left and no client is expected back, or
   * after `graceMs`.
   */
  async drain(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#closeListeners.call();
    const until = Date.now() + graceMs;
    for (;;) {
      const expected = this.#lost > 0 ? this.#lastLost + COMES_BACK_MS : 0;
      const deadline = this.#open > 0 ? until : Math.min(until, expected);
      const left = deadline - Date.now();
      if (left <= 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#onQuiet = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
