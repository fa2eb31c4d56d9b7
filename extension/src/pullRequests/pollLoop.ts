// When the watcher may ask: only while somebody wants to see it. One poll at a time, the next when it is due.

export interface PollLoopOptions {
  /** Gives the milliseconds until the next one. */
  readonly poll: (signal: AbortSignal) => Promise<number>;
  /** Whether somebody looks. */
  readonly isWanted: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Longer than this a timer of Node's can't wait. */
const LONGEST_WAIT_MS = 2_000_000_000;
/** After a defect. */
const DEFECT_WAIT_MS = 60_000;

export class PollLoop {
  readonly #options: PollLoopOptions;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  /** Something changed while a poll went on. */
  #again = false;

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  /** Asks now what is due, if somebody looks; whoever begins to look, or changes what is to be watched, calls it. */
  readonly wake = (): void => {
    if (this.#isPolling) this.#again = true;
    else void this.#run();
  };

  dispose(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    clearTimeout(this.#timer);
    if (signal.aborted || !this.#options.isWanted()) return;
    this.#isPolling = true;
    let wait: number;
    try {
      wait = await this.#options.poll(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.onError(error);
      wait = DEFECT_WAIT_MS;
    }
    this.#isPolling = false;
    if (this.#again) {
      this.#again = false;
      void this.#run();
      return;
    }
    if (signal.aborted || wait > LONGEST_WAIT_MS) return;
    this.#timer = setTimeout(() => void this.#run(), wait);
  }
}
