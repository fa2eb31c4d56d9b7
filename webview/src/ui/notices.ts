// Notices between the filter and the grid: what one must know before one trusts what is shown. One of a kind, each with
// its words; closing one hides it until it has more to say about something new.
import type { RunFacts } from "../model/runFacts.ts";
import { formatCount, plural } from "../text/format.ts";
import { visibleText } from "../text/visibleText.ts";
import { el, icon, iconButton, setText } from "./dom.ts";

export interface Notice {
  readonly id: string;
  readonly icon: "warning" | "info" | "error";
  readonly text: string;
}

/** The name of the view, and how many rows of the run it had no room for. */
export interface ViewRoom {
  readonly name: string;
  readonly left: number;
}

/** Which notices the facts call for. Pure. */
export const noticesFor = (facts: RunFacts, maxRows: number, view: ViewRoom): Notice[] => {
  const notices: Notice[] = [];
  if (facts.lost > 0) {
    const sources = [...facts.lostBySource.keys()].slice(0, 5).map((source) => visibleText(source, 60));
    const where = sources.length > 0 ? ` (${sources.join(", ")})` : "";
    const text = `${plural(facts.lost, "event")} lost before the log${where}: they took place and cannot be shown.`;
    notices.push({ id: "lost", icon: "warning", text });
  }
  if (facts.missing > 0) {
    const text = `${plural(facts.missing, "event")} missing between two others that arrived: the stream or the log has a gap.`;
    notices.push({ id: "missing", icon: "warning", text });
  }
  const blind = [...facts.coverage.values()].filter(({ target, state }) => target !== "" && state !== "on");
  if (blind.length > 0) {
    const [first] = blind;
    const name = visibleText(first?.target ?? "", 200);
    const reason = visibleText(first?.reason ?? "", 200);
    const why = blind.length > 1 ? ` and ${plural(blind.length - 1, "other")}` : reason === "" ? "" : ` (${reason})`;
    const text = `Not looked into: ${name}${why}. Connections are shown, requests are not.`;
    notices.push({ id: "blind", icon: "warning", text });
  }
  if (facts.badLines > 0) {
    const first = facts.firstBadLine;
    const why =
      first === undefined ? "" : ` The first is line ${formatCount(first.line)}: ${visibleText(first.reason, 300)}.`;
    notices.push({
      id: "bad",
      icon: "warning",
      text: `${plural(facts.badLines, "line")} could not be read and ${facts.badLines === 1 ? "is" : "are"} left out.${why}`,
    });
  }
  if (facts.unknownTypes.size > 0) {
    const names = [...facts.unknownTypes.keys()].slice(0, 5).map((name) => visibleText(name, 60));
    const text = `Events of types that this version does not know: ${names.join(", ")}. They are shown as they are; update Runglass to read them.`;
    notices.push({ id: "unknown", icon: "info", text });
  }
  if (facts.folded > 0) {
    const text = `The monitor holds ${formatCount(maxRows)} rows. ${plural(facts.folded, "further event")} got no row and count on the row of their process; the log has them all.`;
    notices.push({ id: "folded", icon: "info", text });
  }
  if (view.left > 0) {
    const text = `The view is full: ${plural(view.left, "row")} of the run ${view.left === 1 ? "is" : "are"} not in ${view.name}. Processes has them.`;
    notices.push({ id: `full ${view.name}`, icon: "info", text });
  }
  return notices;
};

export class Notices {
  readonly element = el("div", { class: "notices", role: "region", "aria-label": "Notices" });
  readonly #shown = new Map<string, { readonly element: HTMLElement; readonly text: HTMLElement }>();
  readonly #closed = new Set<string>();

  reset(): void {
    this.#closed.clear();
    this.#shown.clear();
    this.element.replaceChildren();
  }

  update(notices: readonly Notice[]): void {
    for (const [id, { element }] of this.#shown) {
      if (notices.some((notice) => notice.id === id)) continue;
      this.#shown.delete(id);
      element.remove();
    }
    for (const notice of notices) {
      if (this.#closed.has(notice.id)) continue;
      const known = this.#shown.get(notice.id);
      if (known === undefined) this.#add(notice);
      else setText(known.text, notice.text);
    }
    this.element.hidden = this.#shown.size === 0;
  }

  #add(notice: Notice): void {
    const text = el("span", { class: "notice-text" }, notice.text);
    const close = iconButton("close", "Close this notice", () => {
      this.#closed.add(notice.id);
      this.#shown.delete(notice.id);
      element.remove();
      this.element.hidden = this.#shown.size === 0;
    });
    const element = el("div", { class: `notice notice-${notice.icon}` }, icon(notice.icon), text, close);
    this.#shown.set(notice.id, { element, text });
    this.element.append(element);
  }
}
