// Says aloud what changes, without talking over the user: a polite live region that speaks at most once in three seconds,
// and sums up what came in between.
import type { SourceState } from "../../protocol/messages.ts";
import type { RunModel } from "../model/runModel.ts";
import { plural } from "../text/format.ts";
import { el } from "./dom.ts";

const PAUSE_MS = 3000;

const stateNews: Partial<Record<SourceState["kind"], string>> = {
  live: "Live",
  lost: "Connection lost",
  ended: "The run has ended",
  failed: "The run cannot be shown",
};

/** Row 0 is no row. */
const none = { rows: 1, failed: 0, denied: 0 };

export class Announcer {
  readonly element = el("div", { class: "sr-only", role: "status", "aria-live": "polite" });
  #message = "";
  #rows = 0;
  #failed = 0;
  #denied = 0;
  #known = none;
  #isArmed = false;

  /** Something that happened: the last word on it is what is said. */
  say(message: string): void {
    this.#message = message;
    this.#arm();
  }

  /** What the source has come to. */
  sayState(state: SourceState): void {
    const words = stateNews[state.kind];
    if (words !== undefined) this.say(words);
  }

  /** Another run begins, with no rows. */
  reset(): void {
    this.#known = none;
  }

  /** Counts new rows, failures and denials since the last call. */
  follow({ rowCount, facts }: RunModel): void {
    const before = this.#known;
    if (rowCount === before.rows) return;
    const failed = facts.failedProcesses + facts.failedConnections;
    this.#rows += rowCount - before.rows;
    this.#failed += failed - before.failed;
    this.#denied += facts.denied - before.denied;
    this.#known = { rows: rowCount, failed, denied: facts.denied };
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
