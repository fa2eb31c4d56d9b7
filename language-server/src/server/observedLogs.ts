// The run logs that a client names: each is read again only when it has changed, as a client names all of them each time that one
// has grown.
import { stat } from "node:fs/promises";
import type { ObservedRun } from "../observed/observedRun.ts";
import { distinctRuns, readRun } from "../observed/readRun.ts";

interface KnownLog {
  readonly mtimeMs: number;
  readonly size: number;
  /** Undefined where it could not be read. */
  readonly run: ObservedRun | undefined;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ObservedLogs {
  readonly #warn: (message: string) => void;
  #known = new Map<string, KnownLog>();

  /** `warn` is told once of each state of a log that cannot be read, or not in whole. */
  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The runs of these logs; undefined where they are those of the last time. */
  async read(paths: readonly string[]): Promise<readonly ObservedRun[] | undefined> {
    const known = new Map<string, KnownLog>();
    let isNew = false;
    for (const path of new Set(paths)) {
      const before = this.#known.get(path);
      const now = await this.#log(path, before);
      known.set(path, now);
      isNew ||= now !== before;
    }
    isNew ||= known.size !== this.#known.size;
    this.#known = known;
    return isNew ? distinctRuns([...known.values()].flatMap(({ run }) => run ?? [])) : undefined;
  }

  async #log(path: string, before: KnownLog | undefined): Promise<KnownLog> {
    let state = { mtimeMs: 0, size: -1 };
    try {
      const { mtimeMs, size } = await stat(path);
      state = { mtimeMs, size };
      if (before?.mtimeMs === mtimeMs && before.size === size) return before;
      const run = await readRun(path);
      // One that has not begun yet has nothing to tell, and nothing wrong.
      if (run.problem !== undefined && run.problem.kind !== "empty") this.#warn(`${path}: ${run.problem.text}`);
      return { ...state, run };
    } catch (error) {
      if (before?.run === undefined && before?.size === state.size) return before;
      this.#warn(`${path} cannot be read: ${messageOf(error)}`);
      return { ...state, run: undefined };
    }
  }
}
