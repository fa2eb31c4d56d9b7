// One run in the page: its model, its view, its raw lines, the reader of its lines, and the filter pass under way. A reset
// makes a new one.
import { FilterRun } from "./filter/filterRun.ts";
import { compileQuery } from "./filter/match.ts";
import type { Query } from "./filter/parser.ts";
import { applyLine } from "./model/applyEvent.ts";
import { Intake } from "./model/intake.ts";
import { RawLines } from "./model/rawLines.ts";
import { RunModel } from "./model/runModel.ts";
import { TreeView } from "./model/treeView.ts";

/** A filter whose result went stale by itself runs again at most this often. */
const REFILTER_MS = 1000;

const now = (): number => performance.now();

export class Session {
  readonly model = new RunModel();
  readonly raw = new RawLines();
  readonly view = new TreeView(this.model, now);
  readonly intake: Intake;
  /** When the newest event came in, on the page's clock: the run's clock goes on from there while it is live. */
  arrivedAt = 0;
  #query: Query = { terms: [], problems: [] };
  #run: FilterRun | undefined;
  #refilterAt = 0;

  /** `done` hears of each chunk that is wholly read. */
  constructor(done: (chunk: number) => void) {
    this.intake = new Intake((line) => applyLine(this.model, line), done, now);
  }

  push(bytes: ArrayBuffer, firstSeq: number, chunk: number): void {
    const view = new Uint8Array(bytes);
    this.raw.add(view, firstSeq);
    this.intake.push(view, chunk);
    this.arrivedAt = now();
  }

  get isFiltering(): boolean {
    return this.#run !== undefined;
  }

  setQuery(query: Query): void {
    this.#query = query;
    this.#startFilter();
  }

  #startFilter(): void {
    const matcher = compileQuery(this.model, this.#query);
    this.#run = matcher === undefined && !this.view.isFiltered ? undefined : new FilterRun(this.model, matcher);
  }

  /**
   * One slice of work: filtering first, because somebody waits for it, then reading. `beforeAdopt` and `afterAdopt` stand
   * around the moment in which the list of rows changes as a whole. True while there is more to do.
   */
  work(deadline: number, beforeAdopt: () => void, afterAdopt: () => void): boolean {
    const run = this.#run;
    if (run !== undefined && run.step(deadline, now)) {
      beforeAdopt();
      this.view.adopt(run);
      this.#run = undefined;
      this.#refilterAt = now() + REFILTER_MS;
      afterAdopt();
    }
    const more = this.intake.work(deadline);
    return more || this.#run !== undefined;
  }

  /** Takes the model's changes into the view; true where the list may have changed. */
  sync(): boolean {
    const changed = this.view.sync(this.#run);
    if (this.view.filterStale && this.#run === undefined && now() >= this.#refilterAt) this.#startFilter();
    return changed;
  }

  /** The run's clock, in microseconds: it goes on between events while `isLive`. */
  clock(isLive: boolean): number {
    const last = this.model.facts.lastTime;
    return isLive && last > 0 ? last + (now() - this.arrivedAt) * 1000 : last;
  }
}
