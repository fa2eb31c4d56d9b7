// The monitor in the bottom panel: always of the current run.
import type { Disposable, WebviewView, WebviewViewProvider } from "vscode";
import type { RunRegistry } from "../sessions/registry.ts";
import type { MonitorPages, OpenPage } from "./monitorPages.ts";
import { runDescription, runLabel } from "./runText.ts";

export class MonitorView implements WebviewViewProvider, Disposable {
  readonly #registry: RunRegistry;
  readonly #pages: MonitorPages;
  #page: OpenPage | undefined;
  #view: WebviewView | undefined;
  readonly #stop: () => void;

  constructor(registry: RunRegistry, pages: MonitorPages) {
    this.#registry = registry;
    this.#pages = pages;
    this.#stop = registry.onChange((run) => {
      if (run === undefined) this.#fill();
      else if (run === this.#page?.session) this.#describe();
    });
  }

  resolveWebviewView(view: WebviewView): void {
    this.#view = view;
    this.#page = undefined;
    this.#fill(true);
    view.onDidChangeVisibility(() => {
      if (view.visible) this.#page?.shown();
    });
    view.onDidDispose(() => {
      this.#page?.dispose();
      this.#page = undefined;
      this.#view = undefined;
    });
  }

  dispose(): void {
    this.#stop();
    this.#page?.dispose();
  }

  /** Another run needs another page: it is loaded anew rather than emptied, so that nothing of the last one can stay. */
  #fill(always = false): void {
    const view = this.#view;
    const run = this.#registry.current;
    if (view === undefined || (!always && this.#page?.session === run)) return;
    this.#page?.dispose();
    this.#page = this.#pages.open({ webview: view.webview, placement: "panel", isActive: () => view.visible }, run);
    this.#describe();
  }

  #describe(): void {
    if (this.#view === undefined) return;
    const run = this.#page?.session;
    this.#view.description = run === undefined ? "" : `${runLabel(run)} · ${runDescription(run)}`;
  }
}
