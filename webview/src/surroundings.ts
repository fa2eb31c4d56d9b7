// What stands around the list and tells of the run as a whole: its first line, what its source is doing, what was not seen,
// and what is shown in place of rows.
import type { RunSource, SourceState } from "../protocol/messages.ts";
import { defaultLimits } from "./model/runModel.ts";
import { titleOf } from "./model/runFacts.ts";
import type { Session } from "./session.ts";
import { viewWords } from "./text/viewWords.ts";
import { HeaderBar } from "./ui/headerBar.ts";
import { Notices, noticesFor } from "./ui/notices.ts";
import { QuickFilters } from "./ui/quickFilters.ts";
import { EmptyPane, SourceBanner, type StatusHooks } from "./ui/statusPane.ts";

export class Surroundings {
  readonly header = new HeaderBar();
  readonly notices = new Notices();
  readonly quickFilters: QuickFilters;
  readonly empty: EmptyPane;
  readonly banner: SourceBanner;
  /** Until `run.start` says better. */
  title = "Runglass";
  source: RunSource = "collector";
  #state: SourceState = { kind: "idle" };
  #since = performance.now();

  constructor(hooks: StatusHooks) {
    this.quickFilters = new QuickFilters(hooks.changeFilter);
    this.empty = new EmptyPane(hooks);
    this.banner = new SourceBanner(hooks);
  }

  get state(): SourceState {
    return this.#state;
  }

  /** The run is, or was, looked at while it went on: its rows are read as they came. */
  wasLive = false;

  setState(state: SourceState): void {
    this.#state = state;
    this.wasLive ||= state.kind === "live";
    this.#since = performance.now();
  }

  get isLive(): boolean {
    return this.#state.kind === "live";
  }

  /** The run goes on, as far as is known. */
  get goesOn(): boolean {
    const { kind } = this.#state;
    return kind === "live" || kind === "lost" || kind === "connecting";
  }

  /** What has been recorded is still on its way. */
  get isComing(): boolean {
    return this.#state.kind === "connecting" || this.#state.kind === "loading";
  }

  /** The first line, with what was counted. `nowT` is the run's clock in microseconds. */
  paintSums({ model }: Session, nowT: number): void {
    const title = titleOf(model.facts.start) || this.title;
    const stateMs = this.#stateMs();
    this.header.update({ title, state: this.#state, stateMs, facts: model.facts, rows: model.rowCount - 1, nowT });
    this.quickFilters.paint(model);
  }

  /** All but the first line. */
  paint({ model, view }: Session): void {
    const state = this.#state;
    const words = viewWords[view.tree.name];
    this.banner.update(state, this.source);
    this.notices.update(noticesFor(model.facts, defaultLimits.rows, { name: words.tab, left: view.tree.left }));
    this.empty.update(state, this.source, model.rowCount > 1, view.isFiltered, view.order.count, words.empty);
  }

  /** What of the state changes by itself: see `stateWord`. */
  #stateMs(): number {
    const state = this.#state;
    const passed = performance.now() - this.#since;
    if (state.kind === "lost") return Math.max(0, state.retryInMs - passed);
    return state.kind === "live" && state.behindMs !== undefined ? state.behindMs + passed : 0;
  }
}
