// What stands in the place of rows while there are none, and the banner of a connection that is lost or failed.
import type { RunSource, SourceState } from "../../protocol/messages.ts";
import { VALUE_CAP, visibleText } from "../text/visibleText.ts";
import { type Child, el, icon, setText, textButton } from "./dom.ts";

export interface StatusHooks {
  /** What the host does: try again, connect to a collector, choose a log. */
  readonly ask: (kind: "retry" | "connect" | "openLog") => void;
  readonly changeFilter: (change: (text: string) => string) => void;
}

const lesson = (number: string, ...children: readonly Child[]): HTMLElement =>
  el("li", {}, el("span", { class: "lesson-number", "aria-hidden": "true" }, number), el("span", {}, ...children));

const lessons = (): HTMLElement =>
  el(
    "ol",
    { class: "lessons" },
    lesson(
      "1",
      "On the runner, watch a command: ",
      el("code", {}, "sudo runglass record --listen 127.0.0.1:4711 --token-file token -- npm ci"),
    ),
    lesson(
      "2",
      "Here, run ",
      el("b", {}, "Runglass: Connect to Collector…"),
      " with http://127.0.0.1:4711 and the token in the file.",
    ),
    lesson("3", "Or open a finished run: ", el("b", {}, "Runglass: Open Run Log…"), " takes its .ndjson file."),
  );

/** Fills the grid's place while it has no rows. */
export class EmptyPane {
  readonly element = el("div", { class: "empty-pane" });
  readonly #hooks: StatusHooks;
  #shown = "";

  constructor(hooks: StatusHooks) {
    this.#hooks = hooks;
  }

  /** `nothing` is what to say where the run has rows, and none for this view. */
  update(
    state: SourceState,
    source: RunSource,
    hasRows: boolean,
    isFiltered: boolean,
    listed: number,
    nothing: string,
  ): void {
    const wanted = listed > 0 ? "" : !hasRows ? state.kind : isFiltered ? "filtered" : "nothing";
    this.element.hidden = wanted === "";
    const reason = state.kind === "failed" ? state.reason + state.action : "";
    const key = `${wanted} ${source} ${wanted === "nothing" ? nothing : reason}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.element.replaceChildren(...(wanted === "" ? [] : this.#content(wanted, state, source, nothing)));
  }

  #content(wanted: string, state: SourceState, source: RunSource, nothing: string): Child[] {
    switch (wanted) {
      case "nothing":
        return [el("h2", {}, nothing)];
      case "filtered":
        return [
          el("h2", {}, "No row fits the filter"),
          textButton("Clear the filter", "secondary", () => this.#hooks.changeFilter(() => "")),
        ];
      case "connecting":
        return source === "github"
          ? [
              el("h2", {}, "Looking at the run on GitHub"),
              el(
                "p",
                {},
                "Its job uploads the log in pieces; the first comes some seconds after the monitor has started.",
              ),
            ]
          : [el("h2", {}, "Connecting to the collector"), el("p", {}, "The rows appear as soon as it answers.")];
      case "loading":
        return [el("h2", {}, "Reading the log")];
      case "live":
        return [
          el("h2", {}, "Connected, and nothing has happened yet"),
          el("p", {}, "The first process that starts on the runner appears here."),
        ];
      case "lost":
        return [
          el("h2", {}, "The connection was lost before anything arrived"),
          el("p", {}, "It is tried again by itself. Does the collector still run, and does the port still lead to it?"),
        ];
      case "ended":
        return [el("h2", {}, "The run has no events"), el("p", {}, "It ended before a process was seen.")];
      case "failed":
        return state.kind === "failed"
          ? [
              el("h2", {}, "This run cannot be shown"),
              el("p", {}, visibleText(state.reason, VALUE_CAP)),
              ...(source === "github" ? [] : [lessons()]),
            ]
          : [];
      default:
        return [
          el("h2", {}, "See what an agent does on its runner"),
          lessons(),
          el(
            "div",
            { class: "empty-actions" },
            textButton("Connect to Collector…", "primary", () => this.#hooks.ask("connect")),
            textButton("Open Run Log…", "secondary", () => this.#hooks.ask("openLog")),
          ),
        ];
    }
  }
}

/** One line below the header while the source is lost or failed, or holds something back. */
export class SourceBanner {
  readonly element = el("div", { class: "source-banner", role: "alert", hidden: true });
  readonly #text = el("span", { class: "notice-text" });
  readonly #icon = icon("warning");
  readonly #retry: HTMLButtonElement;
  readonly #connect: HTMLButtonElement;

  constructor(hooks: StatusHooks) {
    this.#retry = textButton("Try again now", "secondary", () => hooks.ask("retry"));
    this.#connect = textButton("Connect…", "secondary", () => hooks.ask("connect"));
    this.element.append(this.#icon, this.#text, this.#retry, this.#connect);
  }

  update(state: SourceState, source: RunSource): void {
    const isLost = state.kind === "lost";
    const isFailed = state.kind === "failed";
    const note = state.kind === "live" ? state.note : undefined;
    this.element.hidden = !isLost && !isFailed && note === undefined;
    this.#retry.hidden = note !== undefined;
    this.#connect.hidden = !isFailed || source !== "collector";
    if (note !== undefined) {
      this.element.dataset["tone"] = "warn";
      this.#icon.className = "codicon codicon-info";
      setText(this.#text, visibleText(note, VALUE_CAP));
    }
    if (!isLost && !isFailed) return;
    this.element.dataset["tone"] = isFailed ? "bad" : "warn";
    this.#icon.className = `codicon codicon-${isFailed ? "error" : "debug-disconnect"}`;
    // The countdown is in the header: an alert that changes every second would be read out every second.
    const text = isFailed
      ? `${visibleText(state.reason, VALUE_CAP)} ${visibleText(state.action, VALUE_CAP)}`
      : `Connection lost: ${visibleText(state.reason, VALUE_CAP)} What is shown is kept.`;
    setText(this.#text, text);
    setText(this.#retry, source === "file" ? "Read again" : "Try again now");
  }
}
