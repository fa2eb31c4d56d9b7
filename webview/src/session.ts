// One run in the page: its model, its views, its raw lines, the reader of its lines, and the filter pass under way. A reset
// makes a new one.
import type { JobStepFact } from "../protocol/messages.ts";
import { FilterRun } from "./filter/filterRun.ts";
import { compileQuery } from "./filter/match.ts";
import type { Query } from "./filter/parser.ts";
import { applyLine } from "./model/applyEvent.ts";
import { fileTree } from "./model/fileTree.ts";
import { Intake } from "./model/intake.ts";
import { mergeJobSteps } from "./model/jobSteps.ts";
import { networkTree } from "./model/networkTree.ts";
import { ProcessTree } from "./model/processTree.ts";
import { RawLines } from "./model/rawLines.ts";
import { RunModel } from "./model/runModel.ts";
import { TreeView } from "./model/treeView.ts";
import { type ViewName, viewNames, type ViewTree } from "./model/viewTree.ts";
import type { TreePlace, TreePlaces } from "./viewState.ts";

/** A filter whose result went stale by itself runs again at most this often. */
const REFILTER_MS = 1000;
/** What a view puts off it puts off for about that long. */
const WAKE_MS = 1000;

const now = (): number => performance.now();

const trees: { readonly [N in ViewName]: (model: RunModel) => ViewTree } = {
  processes: (model) => new ProcessTree(model),
  network: (model) => networkTree(model),
  files: (model) => fileTree(model),
};

export class Session {
  readonly model = new RunModel();
  readonly raw = new RawLines();
  readonly intake: Intake;
  /** When the newest event came in, on the page's clock: the run's clock goes on from there while it is live. */
  arrivedAt = 0;
  readonly #views = new Map<ViewName, TreeView>();
  #view: TreeView;
  /** What is to be open in views that are not made yet. */
  #places: TreePlaces = {};
  #query: Query = { terms: [], problems: [] };
  #run: FilterRun | undefined;
  #refilterAt = 0;

  readonly #wake: () => void;
  #wakeTimer: ReturnType<typeof setTimeout> | undefined;

  /** `done` hears of each chunk that is wholly read; `wake` when `sync` has something to do without anything new. */
  constructor(view: ViewName, done: (chunk: number) => void, wake: () => void) {
    this.#wake = wake;
    this.#view = this.viewOf(view);
    this.intake = new Intake((line) => applyLine(this.model, line), done, now);
  }

  push(bytes: ArrayBuffer, firstSeq: number, chunk: number): void {
    const view = new Uint8Array(bytes);
    this.raw.add(view, firstSeq);
    this.intake.push(view, chunk);
    this.arrivedAt = now();
  }

  /** What GitHub says of the job's steps. */
  setJobSteps(steps: readonly JobStepFact[]): void {
    this.model.jobSteps = steps;
    mergeJobSteps(this.model);
  }

  /** The view that is looked at. */
  get view(): TreeView {
    return this.#view;
  }

  /** A view by name. It is made when it is first asked for, and from then on kept up with the run. */
  viewOf(name: ViewName): TreeView {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const made = new TreeView(trees[name](this.model), now);
    this.#views.set(name, made);
    const place = this.#places[name];
    if (place !== undefined) made.restore(place.mode, place.opened, place.closed);
    return made;
  }

  /** What is open in each view, for the saved state; at most `limit` rows of each. */
  treePlaces(limit: number): TreePlaces {
    const places: Partial<Record<ViewName, TreePlace>> = { ...this.#places };
    for (const [name, view] of this.#views) places[name] = { mode: view.mode, ...view.toggled(limit) };
    return places;
  }

  /** Opens and closes what a saved state says. */
  restore(places: TreePlaces): void {
    this.#places = places;
    for (const name of viewNames) {
      const place = places[name];
      if (place !== undefined) this.#views.get(name)?.restore(place.mode, place.opened, place.closed);
    }
  }

  /** Looks at another view, through the same filter. */
  show(name: ViewName): void {
    this.#view = this.viewOf(name);
    this.#startFilter();
  }

  /** The view is still being made from rows that the model has. */
  get isBehind(): boolean {
    return this.#view.tree.isBehind;
  }

  /** Somebody looks at a list that is not what it will be in a moment. */
  get isBusy(): boolean {
    return this.isFiltering || this.isBehind;
  }

  get isFiltering(): boolean {
    return this.#run !== undefined;
  }

  setQuery(query: Query): void {
    this.#query = query;
    this.#startFilter();
  }

  /** Something beside the rows has changed that a filter may ask for. */
  refilter(): void {
    if (this.view.isFiltered) this.#startFilter();
  }

  #startFilter(): void {
    const matcher = compileQuery(this.model, this.#query);
    this.#run = matcher === undefined && !this.view.isFiltered ? undefined : new FilterRun(this.view.tree, matcher);
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
    return more || this.#run !== undefined || this.isBehind;
  }

  /**
   * Takes the model's changes into the views; true where the list that is looked at may have changed. `mayFold`: rows of the
   * view may be folded that are in sight.
   */
  sync(mayFold: boolean): boolean {
    const touched = this.model.takeTouched();
    for (const view of this.#views.values()) if (view !== this.view) view.sync(undefined, touched);
    this.view.runs.mayGrow = mayFold;
    const changed = this.view.sync(this.#run, touched);
    if (this.view.isWaiting && this.#wakeTimer === undefined) {
      this.#wakeTimer = setTimeout(() => {
        this.#wakeTimer = undefined;
        this.#wake();
      }, WAKE_MS);
    }
    if (this.view.filterStale && this.#run === undefined && now() >= this.#refilterAt) this.#startFilter();
    return changed;
  }

  /** The run's clock, in microseconds: it goes on between events while `isLive`. */
  clock(isLive: boolean): number {
    const last = this.model.facts.lastTime;
    return isLive && last > 0 ? last + (now() - this.arrivedAt) * 1000 : last;
  }
}
