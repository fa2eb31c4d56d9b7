// How many events took place when: a histogram of the whole run in constant memory. Bins have one width; when the run
// outgrows them, each two become one of twice the width, so that a run of a week costs what one of a second does.

/** Even, as each two become one. Wider than most screens, so that there is something left to zoom into. */
export const BINS = 4096;
const FIRST_WIDTH_US = 250;

/** What is counted apart, because it must be seen however many other events there are. */
export const marks = ["denied", "finding", "lost"] as const;
export type Mark = (typeof marks)[number];

export class TimeBins {
  readonly events = new Uint32Array(BINS);
  readonly marked: { readonly [M in Mark]: Uint32Array } = {
    denied: new Uint32Array(BINS),
    finding: new Uint32Array(BINS),
    lost: new Uint32Array(BINS),
  };
  /** Start of the first bin, in microseconds since the epoch; 0 before there is an event. */
  start = 0;
  /** Width of a bin in microseconds. */
  width = FIRST_WIDTH_US;
  /** Grows with each change. */
  version = 0;

  /** The bin of a time. What is older than the first event is counted with it. */
  #binOf(t: number): number {
    if (this.start === 0) this.start = t;
    while (t - this.start >= this.width * BINS) this.#double();
    return Math.max(0, Math.floor((t - this.start) / this.width));
  }

  #double(): void {
    for (const counts of [this.events, ...marks.map((mark) => this.marked[mark])]) {
      const half = BINS / 2;
      for (let i = 0; i < half; i++) counts[i] = (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0);
      counts.fill(0, half);
    }
    this.width *= 2;
  }

  /** Says that the run goes on at least until `t`, and counts nothing. */
  reach(t: number): void {
    this.#binOf(t);
  }

  /** Counts one event. */
  count(t: number): void {
    const bin = this.#binOf(t);
    this.events[bin] = (this.events[bin] ?? 0) + 1;
    this.version += 1;
  }

  /** Marks a time, `amount` times. A count that no longer fits stays at the most that does. */
  mark(mark: Mark, t: number, amount = 1): void {
    const bin = this.#binOf(t);
    const counts = this.marked[mark];
    counts[bin] = Math.min(0xffff_ffff, (counts[bin] ?? 0) + amount);
    this.version += 1;
  }

  /** The time of the bin that has the most events, and how many; undefined where none has any. */
  get peak(): { readonly t: number; readonly events: number } | undefined {
    let best = 0;
    for (let i = 1; i < BINS; i++) if ((this.events[i] ?? 0) > (this.events[best] ?? 0)) best = i;
    const events = this.events[best] ?? 0;
    return events === 0 ? undefined : { t: this.start + best * this.width, events };
  }

  /** When something was marked first; undefined where nothing was. */
  firstOf(mark: Mark): number | undefined {
    const bin = this.marked[mark].findIndex((count) => count > 0);
    return bin < 0 ? undefined : this.start + bin * this.width;
  }
}
