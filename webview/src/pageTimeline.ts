// The timeline and the filter box kept in step: the box's `time:` term is the range on the timeline, whichever of them the
// user changes; `step:` and `tool:` are the blocks that are chosen.
import { quoted, valuesOf, withTerm } from "./filter/editTerms.ts";
import type { Query } from "./filter/parser.ts";
import { resolveTimeSpan, type TimeSpan } from "./filter/timeTerm.ts";
import { kindOf, kinds } from "./model/rowKinds.ts";
import type { RunModel } from "./model/runModel.ts";
import type { FilterBar } from "./ui/filterBar.ts";
import { Timeline, type TimelineNow } from "./ui/timeline/timeline.ts";

export interface TimelineParts {
  readonly filter: () => FilterBar;
  readonly model: () => RunModel;
  readonly requestFrame: () => void;
}

/** The range of a filter that has just one. */
const spanOf = (query: Query): TimeSpan | undefined => {
  const term = query.terms.find(({ negated, condition }) => !negated && condition.kind === "time");
  return term?.condition.kind === "time" && term.condition.spans.length === 1 ? term.condition.spans[0] : undefined;
};

export class PageTimeline {
  readonly #timeline: Timeline;
  readonly #parts: TimelineParts;
  #span: TimeSpan | undefined;
  #resolvedFor = -1;
  #chosen: ReadonlySet<string> = new Set();

  constructor(parts: TimelineParts) {
    this.#parts = parts;
    this.#timeline = new Timeline({
      onTime: (value) => this.#change("time", value === undefined ? undefined : `time:${value}`),
      onBlock: (row) => this.#toggleBlock(row),
      isChosen: (row) => this.#chosen.size > 0 && this.#chosen.has(this.#termFor(row)),
      onMark: (term) => this.#parts.filter().add(term),
      requestFrame: parts.requestFrame,
    });
  }

  get element(): HTMLElement {
    return this.#timeline.element;
  }

  /** The filter has changed, by whomever. */
  onFilter(query: Query, text: string): void {
    this.#span = spanOf(query);
    this.#resolvedFor = -1;
    this.#chosen = new Set([
      ...valuesOf(text, "step").map((value) => `step:${quoted(value)}`),
      ...valuesOf(text, "tool").map((value) => `tool:${quoted(value)}`),
    ]);
  }

  /** Another run begins, or the end of this one is followed: the whole of it is shown. */
  showAll(): void {
    this.#timeline.showAll();
  }

  paint(now: TimelineNow): void {
    const { firstTime } = now.model.facts;
    if (this.#resolvedFor !== firstTime) {
      this.#resolvedFor = firstTime;
      this.#timeline.setRange(
        this.#span === undefined || firstTime === 0 ? undefined : resolveTimeSpan(this.#span, firstTime),
      );
    }
    this.#timeline.paint(now);
  }

  #change(key: "time" | "step" | "tool", term: string | undefined): void {
    const filter = this.#parts.filter();
    const text = withTerm(filter.text, key, term);
    if (text !== filter.text) filter.setText(text);
  }

  /** `step:Build`, by the id where several steps have that name; `tool:` by the id, as most calls share their names. */
  #termFor(row: number): string {
    const model = this.#parts.model();
    const id = model.rows.keyA[row] ?? 0;
    if (kindOf(model.rows.tag[row] ?? 0) === kinds.tool) return `tool:${quoted(model.text(id))}`;
    // Equal texts have one number: a run may have thousands of steps.
    const nameOf = (step: number): number => model.stepNames.get(model.rows.keyA[step] ?? 0) ?? 0;
    const name = nameOf(row);
    const isShared = name !== 0 && model.lanes.steps.some((other) => other !== row && nameOf(other) === name);
    return `step:${quoted(isShared ? model.text(id) : model.stepName(id))}`;
  }

  /** Narrows to the step or tool call; the one that is chosen, back to all. */
  #toggleBlock(row: number): void {
    const term = this.#termFor(row);
    const key = term.startsWith("step:") ? "step" : "tool";
    this.#change(key, this.#chosen.has(term) ? undefined : term);
  }
}
