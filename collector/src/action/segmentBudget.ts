// How many segments of a log may be uploaded by when. A job may have 500 artifacts, and has some of its own: a job of six
// hours gets 400 segments. The first hour, which is as long as an agent's session may be, has most of them, so that what
// happens is seen within 15 seconds; a job with nothing to tell saves them for later.

/** Seconds since the start, and how many segments there may have been by then. */
const BUDGET: readonly (readonly [number, number])[] = [
  [0, 6],
  [3_600, 306],
  [21_600, 396],
];
const MOST_SEGMENTS = 399;
/** However much there is to tell: a finished upload takes a second or two itself. */
const SHORTEST_MS = 4_000;

const allowedBy = (seconds: number): number => {
  for (const [at, [until, most]] of BUDGET.entries()) {
    const [from, least] = BUDGET[at - 1] ?? [0, 0];
    if (seconds <= until)
      return most === least ? most : least + ((most - least) * (seconds - from)) / (until - from || 1);
  }
  return MOST_SEGMENTS;
};

export class SegmentBudget {
  readonly #start: number;
  #last = -Infinity;
  #made = 0;

  /** `now` in ms, of a clock that never goes back, here and below. */
  constructor(now: number) {
    this.#start = now;
  }

  get made(): number {
    return this.#made;
  }

  /** Whether the next segment may be begun. */
  allows(now: number): boolean {
    if (this.#made >= MOST_SEGMENTS || now - this.#last < SHORTEST_MS) return false;
    return this.#made + 1 <= allowedBy((now - this.#start) / 1_000);
  }

  spend(now: number): void {
    this.#made += 1;
    this.#last = now;
  }
}
