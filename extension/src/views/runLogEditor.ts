// Opens `*.ndjson` as a monitor when it is a run log, and gives every other one back to the text editor.
import {
  commands as vscodeCommands,
  TabInputCustom,
  Uri,
  window,
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  type WebviewPanel,
} from "vscode";
import { UserError, type Failure } from "../errors.ts";
import { editors } from "../ids.ts";
import { logDefect, logFailure, type Log } from "../log.ts";
import { FileRun } from "../sessions/fileRun.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { noticeHtml } from "./monitorHtml.ts";
import type { MonitorPages } from "./monitorPages.ts";

/** A log that is open in at least one editor; `run` is missing where it could not be opened. */
interface RunLogDocument extends CustomDocument {
  readonly run: FileRun | undefined;
  readonly failure: Failure | undefined;
}

export interface RunLogEditorOptions {
  readonly registry: RunRegistry;
  readonly pages: MonitorPages;
  readonly log: Log;
  /** Gives a local file with the content of a log that is elsewhere. */
  readonly localPath: (uri: Uri) => Promise<string>;
}

const isNoLog = ({ code }: Failure): boolean => code === "notALog" || code === "logPacked";

const nameOf = (uri: Uri): string => uri.path.split("/").at(-1) ?? "";

export const fileRunKey = (uri: Uri): string => `file:${uri.toString()}`;
export const fileRunUri = (key: string): Uri => Uri.parse(key.slice("file:".length), true);

export class RunLogEditor implements CustomReadonlyEditorProvider<RunLogDocument> {
  readonly #options: RunLogEditorOptions;

  constructor(options: RunLogEditorOptions) {
    this.#options = options;
  }

  async openCustomDocument(uri: Uri): Promise<RunLogDocument> {
    const { registry, log } = this.#options;
    try {
      const run = await FileRun.open({
        key: fileRunKey(uri),
        path: await this.#options.localPath(uri),
        name: nameOf(uri),
      });
      await run.whenRecognised();
      // Only a run log is a run: others go to the text editor and never show in the view.
      const recognised = run.failure === undefined || run.summary.events > 0 || !isNoLog(run.failure);
      if (recognised) registry.add(run);
      return {
        uri,
        run,
        failure: run.failure,
        dispose: () => void (recognised ? registry.remove(run) : run.dispose()),
      };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      logFailure(log, uri.path, error.failure);
      return { uri, run: undefined, failure: error.failure, dispose: () => undefined };
    }
  }

  resolveCustomEditor(document: RunLogDocument, panel: WebviewPanel): void {
    const { registry, pages, log } = this.#options;
    const { run, failure } = document;
    if (run === undefined || registry.get(run.key) !== run) {
      panel.webview.html = noticeHtml("Not shown in the Runglass monitor", [
        failure?.reason ?? "This file is not a Runglass run log.",
        failure?.code === "notALog"
          ? "Use “Reopen Editor With… → Text Editor” to see its content."
          : (failure?.action ?? ""),
      ]);
      if (failure?.code === "notALog")
        reopenAsText(document.uri, panel).then(undefined, (error) => logDefect(log, "reopen", error));
      return;
    }
    const page = pages.open({ webview: panel.webview, placement: "editor", isActive: () => panel.active }, run);
    panel.onDidChangeViewState(() => {
      if (panel.visible) page.shown();
      if (panel.active) registry.makeCurrent(run);
    });
    panel.onDidDispose(() => page.dispose());
  }
}

/** Only an editor of its own is replaced; within a comparison the notice stays, as its other side must too. */
const reopenAsText = async (uri: Uri, panel: WebviewPanel): Promise<void> => {
  const own = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      ({ input }) =>
        input instanceof TabInputCustom && input.viewType === editors.runLog && input.uri.toString() === uri.toString(),
    );
  if (own.length === 0) return;
  await vscodeCommands.executeCommand("vscode.openWith", uri, "default", panel.viewColumn);
  await window.tabGroups.close(own, true);
};
