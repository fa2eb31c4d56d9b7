// Monitors as editors: one per run, restored after a reload of the window.
import { ThemeIcon, window, type ViewColumn, type WebviewPanel, type WebviewPanelSerializer } from "vscode";
import { UserError } from "../errors.ts";
import { editors } from "../ids.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { noticeHtml } from "./monitorHtml.ts";
import type { MonitorPages } from "./monitorPages.ts";
import { runLabel } from "./runText.ts";

/** The key that the page keeps for us in its state. */
const keyIn = (state: unknown): string | undefined => {
  const key = typeof state === "object" && state !== null ? (state as { session?: unknown }).session : undefined;
  return typeof key === "string" && key !== "" ? key : undefined;
};

export class MonitorPanels implements WebviewPanelSerializer {
  readonly #registry: RunRegistry;
  readonly #pages: MonitorPages;
  /** Resolves when the runs of before a reload are back. */
  readonly #restored: Promise<void>;
  readonly #panels = new Map<string, WebviewPanel>();

  /** Gives a run again that this window no longer has, where that can be. Throws a `UserError`. */
  readonly #bringBack: (key: string) => Promise<RunSession | undefined>;

  constructor(
    registry: RunRegistry,
    pages: MonitorPages,
    restored: Promise<void>,
    bringBack: (key: string) => Promise<RunSession | undefined>,
  ) {
    this.#bringBack = bringBack;
    this.#registry = registry;
    this.#pages = pages;
    this.#restored = restored;
  }

  /** Shows the run's monitor; where it has one, brings that one to the front where it stands. */
  show(run: RunSession, column: ViewColumn): void {
    const known = this.#panels.get(run.key);
    if (known !== undefined) {
      known.reveal(undefined, false);
      return;
    }
    const panel = window.createWebviewPanel(editors.monitor, runLabel(run), column, {
      ...this.#pages.webviewOptions,
      retainContextWhenHidden: true,
      enableFindWidget: false,
    });
    this.#fill(panel, run);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    let isClosed = false;
    panel.onDidDispose(() => (isClosed = true));
    await this.#restored;
    const key = keyIn(state);
    let run: RunSession | undefined;
    try {
      run = key === undefined ? undefined : (this.#registry.get(key) ?? (await this.#bringBack(key)));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (isClosed) return;
      panel.webview.html = noticeHtml("This run is not here", [error.failure.reason, error.failure.action]);
      return;
    }
    if (isClosed) return;
    if (run !== undefined) {
      // What two rows had shown before can be one now: it needs no second editor.
      if (this.#panels.has(run.key)) panel.dispose();
      else this.#fill(panel, run);
      return;
    }
    panel.webview.html = noticeHtml("This run is no longer here", [
      "The run that was shown here was removed, or its local copy was cleaned up.",
      "Connect to its collector again, or open its run log.",
    ]);
  }

  #fill(panel: WebviewPanel, run: RunSession): void {
    this.#panels.set(run.key, panel);
    panel.iconPath = new ThemeIcon("pulse");
    const frame = { webview: panel.webview, placement: "editor" as const, isActive: () => panel.active };
    let page = this.#pages.open(frame, run);
    let shownRun = run;
    const stop = this.#registry.onChange((changed) => {
      if (changed === shownRun) {
        const title = runLabel(shownRun);
        if (panel.title !== title) panel.title = title;
      } else if (changed === undefined) {
        // The same run was connected to anew: it is another session, and its page starts over.
        const now = this.#registry.get(run.key);
        if (now === shownRun) return;
        if (now === undefined) panel.dispose();
        else {
          shownRun = now;
          page.dispose();
          page = this.#pages.open(frame, now);
        }
      }
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible) page.shown();
      if (panel.active) this.#registry.makeCurrent(shownRun);
    });
    panel.onDidDispose(() => {
      stop();
      page.dispose();
      this.#panels.delete(run.key);
    });
  }
}
