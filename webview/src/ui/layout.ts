// How the page is laid out: header, tools, notices, list, timeline, details. The details stand below the list, or beside it
// where the page is wide and low, as the panel is; the timeline is folded away where there is little room.
import type { PageCommand } from "../../protocol/messages.ts";
import { formatCount, plural } from "../text/format.ts";
import { el, icon, iconButton, setAttribute, setText } from "./dom.ts";
import type { FilterBar } from "./filterBar.ts";
import { Splitter } from "./splitter.ts";
import type { ViewTabs } from "./viewTabs.ts";

export interface LayoutParts {
  readonly header: HTMLElement;
  readonly filter: FilterBar;
  readonly tabs: ViewTabs;
  readonly quickFilters: HTMLElement;
  readonly banner: HTMLElement;
  readonly notices: HTMLElement;
  readonly grid: HTMLElement;
  readonly empty: HTMLElement;
  readonly timeline: HTMLElement;
  readonly details: HTMLElement;
  readonly help: HTMLElement;
  readonly announcer: HTMLElement;
  readonly onFollow: (follow: boolean) => void;
  readonly onCommand: (command: PageCommand) => void;
  readonly onShare: (share: number) => void;
}

export interface Layout {
  readonly detailsOpen: boolean;
  readonly timelineOpen: boolean;
  /** Undefined: as the room allows. */
  readonly showTimeline: (wanted: boolean | undefined) => void;
  readonly showDetails: (open: boolean, share: number) => void;
  /** `fresh`: rows that came while it did not follow. */
  readonly showFollow: (follow: boolean, fresh: number) => void;
  readonly showBusy: (busy: boolean) => void;
}

const isBeside = (width: number, height: number): boolean => width >= 760 && width > height * 2.4;

/** The panel is for a look at the list while one works on something else. */
const hasRoomForTimeline = (width: number, height: number): boolean =>
  document.body.dataset["placement"] !== "panel" && width >= 640 && height >= 460;

export const buildLayout = (root: HTMLElement, parts: LayoutParts): Layout => {
  let detailsOpen = false;
  let share = 0.36;
  let following = true;
  const follow = iconButton("fold-down", "Follow the end of the run", () => parts.onFollow(!following));
  follow.classList.add("toggle");
  const details = iconButton("layout-panel", "Details", () => parts.onCommand("toggleDetails"));
  details.classList.add("toggle");
  const timeline = iconButton("graph-line", "Timeline", () => parts.onCommand("toggleTimeline"));
  timeline.classList.add("toggle");
  let wantsTimeline: boolean | undefined;
  const slot = el("div", { class: "timeline-slot" }, parts.timeline);
  const tools = el(
    "div",
    { class: "tools" },
    follow,
    iconButton("expand-all", "Expand all", () => parts.onCommand("expandAll")),
    iconButton("collapse-all", "Collapse all", () => parts.onCommand("collapseAll")),
    timeline,
    details,
    iconButton("question", "Keys and filter", () => parts.onCommand("showHelp")),
  );
  const pillText = el("span", {});
  const pill = el("button", { type: "button", class: "pill", hidden: true }, icon("arrow-down"), pillText);
  pill.addEventListener("click", () => {
    parts.onFollow(true);
    parts.grid.focus();
  });
  const progress = el(
    "div",
    { class: "progress", role: "presentation", hidden: true },
    el("div", { class: "progress-bit" }),
  );
  const splitter = new Splitter(parts.onShare);
  const list = parts.tabs.panel;
  list.append(parts.grid, parts.empty, pill);
  const column = el("div", { class: "column" }, list, slot);
  const split = el("div", { class: "split" }, column, splitter.element, parts.details);
  root.replaceChildren(
    progress,
    parts.header,
    el("div", { class: "toolbar" }, parts.tabs.element, parts.filter.element, parts.quickFilters, tools),
    parts.filter.problem,
    parts.banner,
    parts.notices,
    split,
    parts.help,
    parts.announcer,
  );

  const arrange = (): void => {
    const beside = isBeside(split.clientWidth, split.clientHeight);
    split.classList.toggle("beside", beside);
    split.style.setProperty("--details-size", `${(share * 100).toFixed(2)}%`);
    parts.details.hidden = !detailsOpen;
    splitter.element.hidden = !detailsOpen;
    splitter.show(share, beside);
    details.setAttribute("aria-pressed", String(detailsOpen));
    slot.hidden = !(wantsTimeline ?? hasRoomForTimeline(root.clientWidth, root.clientHeight));
    timeline.setAttribute("aria-pressed", String(!slot.hidden));
  };
  new ResizeObserver(arrange).observe(split);

  return {
    get detailsOpen() {
      return detailsOpen;
    },
    get timelineOpen() {
      return !slot.hidden;
    },
    showTimeline: (wanted) => {
      wantsTimeline = wanted;
      arrange();
    },
    showDetails: (open, newShare) => {
      detailsOpen = open;
      share = newShare;
      arrange();
    },
    showFollow: (isFollowing, fresh) => {
      following = isFollowing;
      setAttribute(follow, "aria-pressed", String(isFollowing));
      const show = !isFollowing && fresh > 0;
      if (pill.hidden === show) pill.hidden = !show;
      if (!show) return;
      setText(pillText, `${formatCount(fresh)} new`);
      setAttribute(pill, "aria-label", `${plural(fresh, "new row")}: go to the end and follow`);
    },
    showBusy: (busy) => {
      if (progress.hidden === busy) progress.hidden = !busy;
    },
  };
};
