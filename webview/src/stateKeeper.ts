// Keeps where the user is and how the page is laid out, and gives it to the host: soon after a change, at once where the page
// may go away.
import type { Host } from "./host.ts";
import { readState, type ViewState } from "./viewState.ts";

const PAUSE_MS = 300;

export class StateKeeper {
  readonly #host: Host;
  /** What is only asked for when it is saved: it changes with every key. */
  readonly #now: () => Pick<ViewState, "place" | "widths" | "sorts">;
  #saved: ViewState;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, now: () => Pick<ViewState, "place" | "widths" | "sorts">) {
    this.#host = host;
    this.#now = now;
    this.#saved = readState(host.saved());
    document.addEventListener("visibilitychange", () => this.saveNow());
    window.addEventListener("pagehide", () => this.saveNow());
  }

  /** As it was saved last, with what was kept since. */
  get saved(): ViewState {
    return this.#saved;
  }

  keep(change: Partial<ViewState>): void {
    this.#saved = { ...this.#saved, ...change };
    this.save();
  }

  save(): void {
    this.#timer ??= setTimeout(() => this.saveNow(), PAUSE_MS);
  }

  saveNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saved = { ...this.#saved, ...this.#now() };
    this.#host.save(this.#saved);
  }
}
