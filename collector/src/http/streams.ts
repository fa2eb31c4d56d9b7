// The long responses that are under way: how many there may be, and how they end when the server closes.
import type { ServerResponse } from "node:http";
import { Listeners } from "../log/listeners.ts";
import { stalledMs } from "./sending.ts";

/** A client that lost its connection comes back within this time, or it does not come back. */
const COMES_BACK_MS = 3_000;

export class Streams {
  readonly #most: number;
  readonly #patienceMs: number;
  readonly #open = new Set<ServerResponse>();
  readonly #closeListeners = new Listeners();
  #closing = false;
  /** Connections lost before their stream's end, less the clients that have come back. */
  #lost = 0;
  #lastLost = 0;
  #onQuiet: (() => void) | undefined;

  /** Who has taken nothing for longer than `patienceMs` makes room where there are `most`. */
  constructor(most: number, patienceMs: number) {
    this.#most = most;
    this.#patienceMs = patienceMs;
  }

  get open(): number {
    return this.#open.size;
  }

  /**
   * Whether there is room for one more. Where there is none, the client that has not read for the longest time loses its
   * connection: so clients that never read cannot keep others out, and one that was only slow can resume.
   */
  makeRoom(): boolean {
    if (this.#open.size < this.#most) return true;
    let dead: ServerResponse | undefined;
    for (const response of this.#open) {
      const stalled = response.destroyed ? 0 : stalledMs(response);
      if (stalled > Math.max(this.#patienceMs, dead === undefined ? 0 : stalledMs(dead))) dead = response;
    }
    dead?.destroy();
    return dead !== undefined;
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
  start(response: ServerResponse, resumed: boolean): void {
    this.#open.add(response);
    if (resumed) this.#lost = Math.max(0, this.#lost - 1);
  }

  /** A stream is over; `whole` where the client was sent all of it. */
  finish(response: ServerResponse, whole: boolean): void {
    this.#open.delete(response);
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
      const deadline = this.#open.size > 0 ? until : Math.min(until, expected);
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
