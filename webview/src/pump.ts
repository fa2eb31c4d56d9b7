// Runs work in slices between frames: a slice ends before it can hold up input or painting, and the next one begins when
// the browser has had its turn.

/** How long one slice may take, in milliseconds. */
export const SLICE_MS = 8;

export class Pump {
  readonly #work: (deadline: number) => boolean;
  readonly #channel = new MessageChannel();
  #isWaiting = false;

  /** `work` gets a deadline on the clock of performance.now() and says whether more is to be done. */
  constructor(work: (deadline: number) => boolean) {
    this.#work = work;
    this.#channel.port1.addEventListener("message", () => {
      this.#isWaiting = false;
      this.run();
    });
    this.#channel.port1.start();
  }

  /** Works one slice now, and asks for more while there is more to do. */
  run(): void {
    if (this.#isWaiting) return;
    if (!this.#work(performance.now() + SLICE_MS)) return;
    this.#isWaiting = true;
    this.#channel.port2.postMessage(undefined);
  }
}
