// The filters that somebody has used, the newest first: an empty box offers them again. They live as long as the page.
import { parseQuery } from "./parser.ts";

const MAX_KEPT = 10;

export class FilterHistory {
  #used: string[] = [];

  get used(): readonly string[] {
    return this.#used;
  }

  /** The user is done with typing `text`. What cannot be read is not worth to be offered again. */
  note(text: string): void {
    const filter = text.trim();
    if (filter === "" || parseQuery(filter).problems.length > 0) return;
    this.#used = [filter, ...this.#used.filter((other) => other !== filter)].slice(0, MAX_KEPT);
  }
}
