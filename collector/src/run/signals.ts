// Signals to the collector, by what it is doing: starting, watching a command, or ending.
import { readFileSync } from "node:fs";
import { constants } from "node:os";

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
const PASSED_ON = [...ENDING, "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
const FROM_TERMINAL = new Set<NodeJS.Signals>(["SIGINT", "SIGQUIT", "SIGWINCH"]);

/** Thrown by what a signal interrupts. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** In the foreground of a terminal: Ctrl-C went to the command too, as it is in our process group. */
const inForeground = (): boolean => {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[2] === fields[5];
};

/** Takes over the signals of this process. `start` is aborted by the first that comes while no one listens to `pass`. */
export class Signals {
  readonly #start = new AbortController();
  readonly #hurry = new AbortController();
  readonly #handlers = new Map<NodeJS.Signals, () => void>();
  /** Sends a signal on to the command while there is one. */
  pass: ((signal: NodeJS.Signals) => void) | undefined;

  constructor() {
    for (const signal of PASSED_ON) {
      const handler = (): void => this.#take(signal);
      this.#handlers.set(signal, handler);
      process.on(signal, handler);
    }
  }

  /** Aborted with `Interrupted` by the first ending signal that is not passed on. */
  get interrupted(): AbortSignal {
    return this.#start.signal;
  }

  /** Aborted by an ending signal after that one, or after `ending`. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** From now on an ending signal means: do not wait for clients. */
  ending(): void {
    this.pass = undefined;
    if (!this.#start.signal.aborted) this.#start.abort();
  }

  release(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #take(signal: NodeJS.Signals): void {
    if (this.pass !== undefined) {
      if (!(FROM_TERMINAL.has(signal) && inForeground())) this.pass(signal);
    } else if ((ENDING as readonly NodeJS.Signals[]).includes(signal)) {
      if (this.#start.signal.aborted) this.#hurry.abort();
      else this.#start.abort(new Interrupted(signal));
    }
  }
}
