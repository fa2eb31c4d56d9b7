// Says aloud what changes, without talking over the user: a polite live region that speaks at most once in three seconds,
// and sums up what came in between.
import { plural } from "../text/format.ts";
import { el } from "./dom.ts";

const PAUSE_MS = 3000;

export class Announcer {
  readonly element = el("div", { class: "sr-only", role: "status", "aria-live": "polite" });
  #message = "";
  #rows = 0;
  #failed = 0;
  #denied = 0;
  #isArmed = false;

  /** Something that happened: the last word on it is what is said. */
  say(message: string): void {
    this.#message = message;
    this.#arm();
  }

  /** New rows, failures and denials since the last call. */
  count(rows: number, failed: number, denied: number): void {
    if (rows <= 0) return;
    this.#rows += rows;
    this.#failed += failed;
    this.#denied += denied;
    this.#arm();
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setTimeout(() => this.#speak(), PAUSE_MS);
  }

  #speak(): void {
    this.#isArmed = false;
    const parts = [];
    if (this.#message !== "") parts.push(this.#message);
    if (this.#rows > 0) {
      const counts = [plural(this.#rows, "new row")];
      if (this.#failed > 0) counts.push(`${this.#failed} failed`);
      if (this.#denied > 0) counts.push(`${this.#denied} denied`);
      parts.push(counts.join(", "));
    }
    this.element.textContent = parts.join(". ");
    this.#message = "";
    this.#rows = 0;
    this.#failed = 0;
    this.#denied = 0;
  }
}
