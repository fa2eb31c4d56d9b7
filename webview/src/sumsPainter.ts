// Brings what tells of the run as a whole up to date: the first line with its counts, and the timeline. At once where
// somebody acts, else a few times a second, because to paint them costs the browser as much as to paint new rows, and
// nobody reads a count that changes in each frame.
import type { Painted } from "./painted.ts";
import type { PageTimeline } from "./pageTimeline.ts";
import type { Session } from "./session.ts";
import type { Surroundings } from "./surroundings.ts";

const PAUSE_MS = 250;
/** Clocks go on by themselves. */
const TICK_MS = 1000;

export interface SumsParts {
  readonly around: Surroundings;
  readonly timeline: PageTimeline;
  readonly painted: Painted;
  readonly session: () => Session;
  /** Asks for a frame in which `frame` is called with true. */
  readonly requestFrame: () => void;
}

export class SumsPainter {
  readonly #parts: SumsParts;
  #paintedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: SumsParts) {
    this.#parts = parts;
    setInterval(() => {
      const { kind } = parts.around.state;
      if (kind === "live" || kind === "lost") parts.requestFrame();
    }, TICK_MS);
  }

  /** Call it in each frame. `isSoon`: somebody waits for it. `nowT` is the run's clock in microseconds. */
  frame(isSoon: boolean, nowT: number): void {
    const { around, timeline, painted, session, requestFrame } = this.#parts;
    const left = this.#paintedAt + PAUSE_MS - performance.now();
    const { model } = session();
    // The first events of a run bring its title.
    const isFirst = painted.sums === 0 && model.facts.lastSeq > 0;
    if (!isSoon && !isFirst && left > 0) {
      this.#timer ??= setTimeout(requestFrame, left);
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#paintedAt = performance.now();
    around.paintSums(session(), nowT);
    timeline.paint({ model, nowT, goesOn: around.goesOn || around.isComing });
    painted.sums = model.facts.lastSeq;
  }
}
