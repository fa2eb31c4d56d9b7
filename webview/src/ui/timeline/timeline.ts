// The timeline: steps, tool calls and events of the run on one axis of time, and the range of it that the filter has.
import { type TimeRange, timeTermValue } from "../../filter/timeTerm.ts";
import type { LaneName, RunModel } from "../../model/runModel.ts";
import { formatCount, formatElapsed, plural } from "../../text/format.ts";
import { el, iconButton, setAttribute, setText } from "../dom.ts";
import { Brush } from "./brush.ts";
import { type Column, columnsOf, type HistogramColours, paintHistogram } from "./histogram.ts";
import { Lane } from "./lane.ts";
import { type Block, layOutLane } from "./laneLayout.ts";
import { axisEnd, precisionOf, ticksOf, type TimeAxis } from "./timeAxis.ts";
import { blockLabel, blockText, momentText, timelineSummary } from "./timelineWords.ts";

export interface TimelineHooks {
  /** The value of a `time:` term, or undefined for the whole run. */
  readonly onTime: (value: string | undefined) => void;
  /** One step or tool call was clicked. */
  readonly onBlock: (row: number) => void;
  /** The filter is narrowed to this step or tool call. */
  readonly isChosen: (row: number) => boolean;
  /** Adds a term that finds what the marks stand for. */
  readonly onMark: (term: string) => void;
  readonly requestFrame: () => void;
}

/** How the run stands in this frame. */
export interface TimelineNow {
  readonly model: RunModel;
  /** The run's clock, in microseconds since the epoch. */
  readonly nowT: number;
  /** More will come. */
  readonly goesOn: boolean;
}

const LEVELS: { readonly [L in LaneName]: number } = { steps: 2, calls: 3 };
const laneNames = ["steps", "calls"] as const;
const EVENTS_HEIGHT = 40;
const SUMMARY_MS = 3000;

const markWords = [
  ["denied", "×", "is:denied"],
  ["finding", "◆", "type:finding"],
  ["lost", "▨", "is:lost"],
] as const;

export class Timeline {
  readonly element: HTMLElement;
  readonly #hooks: TimelineHooks;
  readonly #summary = el("p", { class: "sr-only" });
  readonly #canvas = el("canvas", { class: "histogram", "aria-hidden": "true" });
  readonly #colourProbes = (["bar", "denied", "finding", "lost"] as const).map(
    (name) => [name, el("span", { class: `colour-${name}`, hidden: true })] as const,
  );
  readonly #ticks = el("div", { class: "ticks", "aria-hidden": "true" });
  readonly #legend = el("div", { class: "legend" });
  readonly #newer = el("span", { class: "newer" });
  readonly #zoomIn = iconButton("zoom-in", "Zoom to the time range", () => this.#setZoom(this.#range));
  readonly #zoomOut = iconButton("zoom-out", "Show the whole run", () => this.#setZoom(undefined));
  readonly #lanes: { readonly [L in LaneName]: Lane };
  readonly #surface: HTMLElement;
  readonly #brush: Brush;
  #now: TimelineNow | undefined;
  #axis: TimeAxis = { from: 0, to: 1, width: 0 };
  #range: TimeRange | undefined;
  #zoom: TimeRange | undefined;
  #columns: readonly Column[] = [];
  #colours: HistogramColours | undefined;
  #painted = "";
  #isHeld = false;
  #summaryAt = -Infinity;
  #isSummaryDue = false;
  /** Pixels that the lanes have, and the ticks, beside which other things stand. Asking for them would make a layout. */
  #width = 0;
  #ticksWidth = 0;

  constructor(hooks: TimelineHooks) {
    this.#hooks = hooks;
    const choose = (block: Block): void => {
      if (block.count === 1) hooks.onBlock(block.row);
      else this.#choose({ from: block.from, to: block.to });
    };
    this.#lanes = {
      steps: new Lane("Steps", "lane-steps", choose),
      calls: new Lane("Tool calls", "lane-calls", choose),
    };
    this.#brush = new Brush({
      axis: () => this.#axis,
      start: () => this.#now?.model.facts.firstTime ?? 0,
      onRange: (range, isFinal) => {
        if (isFinal) this.#choose(range);
        hooks.requestFrame();
      },
    });
    const events = el(
      "div",
      { class: "lane lane-events" },
      el("span", { class: "lane-name", "aria-hidden": "true" }, "Events"),
      this.#canvas,
    );
    this.#surface = el(
      "div",
      { class: "lanes" },
      this.#lanes.steps.element,
      this.#lanes.calls.element,
      events,
      this.#brush.element,
    );
    this.#brush.listenOn(this.#surface);
    const foot = el(
      "div",
      { class: "timeline-foot" },
      this.#ticks,
      this.#newer,
      this.#legend,
      this.#zoomIn,
      this.#zoomOut,
    );
    this.element = el(
      "section",
      { class: "timeline", id: "timeline", "aria-label": "Timeline", hidden: true },
      this.#summary,
      ...this.#colourProbes.map(([, probe]) => probe),
      this.#surface,
      foot,
    );
    this.#listen();
  }

  #listen(): void {
    // The axis does not move below a pointer that is about to aim.
    this.#surface.addEventListener("pointerenter", () => void (this.#isHeld = true));
    this.#surface.addEventListener("pointerleave", () => {
      this.#isHeld = false;
      this.#hooks.requestFrame();
    });
    this.#canvas.addEventListener("pointermove", ({ offsetX }) => {
      setAttribute(this.#canvas, "title", momentText(this.#axis, this.#start, this.#columns, offsetX));
    });
    const sizes = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) {
        if (target === this.#canvas) this.#width = Math.floor(contentRect.width);
        else this.#ticksWidth = contentRect.width;
      }
      this.#hooks.requestFrame();
    });
    sizes.observe(this.#canvas);
    sizes.observe(this.#ticks);
    // A theme changes the variables on the root, and its kind on the body.
    const themes = new MutationObserver(() => {
      this.#colours = undefined;
      this.#hooks.requestFrame();
    });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
    themes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  }

  get #start(): number {
    return this.#now?.model.facts.firstTime ?? 0;
  }

  /** The range that the filter has, in microseconds since the epoch. */
  setRange(range: TimeRange | undefined): void {
    this.#range = range;
    this.#brush.setRange(range);
    this.#hooks.requestFrame();
  }

  /** Another run begins, or the end of this one is followed: the whole of it is shown. */
  showAll(): void {
    this.#setZoom(undefined);
  }

  #setZoom(range: TimeRange | undefined): void {
    const axis = this.#axis;
    const zoom =
      range === undefined ? undefined : { from: Math.max(range.from, axis.from), to: Math.min(range.to, axis.to) };
    if (zoom !== undefined && zoom.to - zoom.from < 10) return;
    this.#zoom = zoom;
    this.#hooks.requestFrame();
  }

  #choose(range: TimeRange | undefined): void {
    this.#hooks.onTime(range === undefined ? undefined : timeTermValue(range, this.#start, precisionOf(this.#axis)));
  }

  /** Brings everything up to date; at most once a frame. */
  paint(now: TimelineNow): void {
    this.#now = now;
    const { model } = now;
    this.element.hidden = model.bins.start === 0;
    // A lane of a run that has its kind stays, also where there is none of it in sight.
    for (const name of laneNames) this.#lanes[name].element.hidden = model.lanes[name].length === 0;
    const width = this.#width;
    if (width === 0) return;
    this.#axis = this.#nextAxis(now, width);
    const axis = this.#axis;
    const until = now.goesOn ? Math.max(now.nowT, model.facts.lastTime) : model.facts.lastTime;
    for (const name of laneNames) {
      const blocks = layOutLane(model, model.lanes[name], axis, until, LEVELS[name]);
      this.#lanes[name].show(blocks, (block) => ({
        text: blockText(model, block),
        label: blockLabel(model, block),
        isChosen: block.count === 1 && this.#hooks.isChosen(block.row),
      }));
    }
    this.#paintEvents(model, axis);
    this.#brush.paint();
    this.#paintFoot(model, until);
  }

  #nextAxis({ model, nowT, goesOn }: TimelineNow, width: number): TimeAxis {
    if (this.#zoom !== undefined) return { ...this.#zoom, width };
    const from = model.facts.firstTime;
    const isStill = (this.#isHeld || this.#brush.isDragging) && this.#axis.from === from;
    const last = Math.max(nowT, model.facts.lastTime);
    return { from, to: isStill ? this.#axis.to : axisEnd(from, goesOn ? last : model.facts.lastTime, goesOn), width };
  }

  #paintEvents(model: RunModel, axis: TimeAxis): void {
    const scale = window.devicePixelRatio;
    if (this.#colours === undefined) {
      this.#colours = this.#readColours();
      this.#painted = "";
    }
    const key = `${model.bins.version} ${axis.from} ${axis.to} ${axis.width} ${scale}`;
    if (key === this.#painted) return;
    this.#painted = key;
    this.#columns = columnsOf(model.bins, axis);
    paintHistogram(this.#canvas, this.#columns, { width: axis.width, height: EVENTS_HEIGHT, scale }, this.#colours);
  }

  #readColours(): HistogramColours {
    const colours = { bar: "", denied: "", finding: "", lost: "" };
    for (const [name, probe] of this.#colourProbes) colours[name] = getComputedStyle(probe).color;
    return colours;
  }

  #paintFoot(model: RunModel, until: number): void {
    const axis = this.#axis;
    const ticks = ticksOf(axis, this.#ticksWidth);
    const key = ticks.map(({ x, text }) => `${x} ${text}`).join();
    if (this.#ticks.dataset["key"] !== key) {
      this.#ticks.dataset["key"] = key;
      this.#ticks.replaceChildren(
        ...ticks.map(({ x, text }) => {
          const tick = el("span", { class: "tick" }, text);
          tick.style.left = `${x}px`;
          return tick;
        }),
      );
    }
    const beyond = this.#zoom === undefined ? until - axis.to : 0;
    setText(this.#newer, beyond > 0 ? `+${formatElapsed(beyond)}` : "");
    this.#newer.title = beyond > 0 ? "Newer events: move the pointer away to see them" : "";
    this.#zoomIn.hidden = this.#range === undefined;
    this.#zoomOut.hidden = this.#zoom === undefined;
    this.#paintLegend(model);
    this.#paintSummary(model);
  }

  /** Not with every frame: who listens hears it as it is when they come to it. */
  #paintSummary(model: RunModel): void {
    const now = performance.now();
    const left = this.#now?.goesOn === true ? this.#summaryAt + SUMMARY_MS - now : 0;
    if (left <= 0) {
      this.#summaryAt = now;
      setText(this.#summary, timelineSummary(model));
    } else if (!this.#isSummaryDue) {
      this.#isSummaryDue = true;
      setTimeout(() => {
        this.#isSummaryDue = false;
        this.#hooks.requestFrame();
      }, left);
    }
  }

  #paintLegend({ facts }: RunModel): void {
    const counts = {
      denied: facts.denied,
      finding: facts.byType.get("finding") ?? 0,
      lost: facts.lost + facts.missing,
    };
    const words = {
      denied: `${formatCount(counts.denied)} blocked`,
      finding: plural(counts.finding, "finding"),
      lost: `${formatCount(counts.lost)} lost`,
    };
    const key = Object.values(words).join();
    if (this.#legend.dataset["key"] === key) return;
    this.#legend.dataset["key"] = key;
    this.#legend.replaceChildren(
      ...markWords
        .filter(([mark]) => counts[mark] > 0)
        .map(([mark, glyph, term]) => {
          const label = `Filter to ${words[mark]}`;
          const button = el("button", {
            type: "button",
            class: `mark mark-${mark}`,
            title: label,
            "aria-label": label,
          });
          button.append(el("span", { class: "glyph", "aria-hidden": "true" }, glyph), words[mark]);
          button.addEventListener("click", () => this.#hooks.onMark(term));
          return button;
        }),
    );
  }
}
