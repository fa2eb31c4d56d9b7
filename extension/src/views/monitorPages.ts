// The monitor pages that are open, wherever they stand (editor, custom editor, panel): gives each webview its page and its
// feed, and finds the one that a command means.
import { commands as vscodeCommands, env, Uri, window, type Disposable, type Webview } from "vscode";
import type { FromPage, PageCommand } from "../../../webview/protocol/messages.ts";
import { commands } from "../ids.ts";
import { logDefect, type Log } from "../log.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { decodeFromPage } from "./fromPage.ts";
import { monitorHtml } from "./monitorHtml.ts";
import { PageFeed } from "./pageFeed.ts";
import { plainText } from "./plainText.ts";
import { runLabel } from "./runText.ts";

/** What stands around a page. */
export interface PageFrame {
  readonly webview: Webview;
  readonly placement: "editor" | "panel";
  /** Whether commands for "the" page mean this one. */
  readonly isActive: () => boolean;
}

export interface OpenPage extends Disposable {
  readonly session: RunSession | undefined;
  command(command: PageCommand): void;
  /** Narrows it to what fits. */
  filter(text: string): void;
  /** To be called when the page can be seen again. */
  shown(): void;
}

const COPIED_MS = 2500;

/** What pages ask for that is not theirs to do. */
export interface PageHooks {
  /** The line of a change that a row is about: its first event, and its file where the event may be about many. */
  readonly openDiff: (session: RunSession, row: { readonly seq: number; readonly path?: string }) => void;
  /** These entries are to be allowed in the policy of the run's job. */
  /** A comment on the run's pull request is to be drafted about a row. */
  readonly comment: (session: RunSession, row: { readonly seq: number; readonly path?: string }) => void;
  readonly allowEndpoint: (session: RunSession, entries: string, request: string | undefined) => void;
}

export class MonitorPages {
  readonly #extensionUri: Uri;
  readonly #log: Log;
  readonly #hooks: PageHooks;
  readonly #pages = new Map<OpenPage, PageFrame>();
  /** For monitors that are not open yet. */
  readonly #filters = new WeakMap<RunSession, string>();

  constructor(extensionUri: Uri, log: Log, hooks: PageHooks) {
    this.#extensionUri = extensionUri;
    this.#log = log;
    this.#hooks = hooks;
  }

  /** What a monitor's webview may do: run the one script; retained while hidden, as a large run takes seconds to rebuild. */
  get webviewOptions(): { readonly enableScripts: true; readonly localResourceRoots: readonly Uri[] } {
    return { enableScripts: true, localResourceRoots: [this.#root] };
  }

  get #root(): Uri {
    return Uri.joinPath(this.#extensionUri, "dist", "webview");
  }

  /** Loads the monitor into a webview; without a session it teaches how to get one. */
  open(frame: PageFrame, session: RunSession | undefined): OpenPage {
    const { webview, placement } = frame;
    const feed = session === undefined ? undefined : this.#feed(frame, session);
    const listener = webview.onDidReceiveMessage((value: unknown) => {
      const message = decodeFromPage(value);
      if (message === undefined) return;
      if (feed !== undefined) feed.handle(message);
      else if (message.kind === "ready") {
        void webview.postMessage({
          kind: "init",
          title: "",
          state: { kind: "idle" },
          placement,
          source: "collector",
          session: "",
        });
      }
      this.#handle(message, session);
    });
    const page: OpenPage = {
      session,
      command: (command) => {
        if (feed === undefined) void webview.postMessage({ kind: "command", command });
        else feed.command(command);
      },
      filter: (text) => feed?.filter(text),
      shown: () => feed?.resume(),
      dispose: () => {
        this.#pages.delete(page);
        listener.dispose();
        feed?.dispose();
      },
    };
    this.#pages.set(page, frame);
    const wanted = session === undefined ? undefined : this.#filters.get(session);
    if (wanted !== undefined && session !== undefined) {
      page.filter(wanted);
      this.#filters.delete(session);
    }
    webview.options = this.webviewOptions;
    webview.html = monitorHtml({
      cspSource: webview.cspSource,
      script: webview.asWebviewUri(Uri.joinPath(this.#root, "monitor.js")).toString(),
      style: webview.asWebviewUri(Uri.joinPath(this.#root, "monitor.css")).toString(),
    });
    return page;
  }

  /** Narrows the run's monitor, or the next one that opens, to what fits. */
  filter(session: RunSession, text: string): void {
    const page = [...this.#pages.keys()].findLast((open) => open.session === session);
    if (page === undefined) this.#filters.set(session, text);
    else page.filter(text);
  }

  /** The page that a command of the palette or a key means. */
  get active(): OpenPage | undefined {
    return [...this.#pages].findLast(([, frame]) => frame.isActive())?.[0];
  }

  #feed(frame: PageFrame, session: RunSession): PageFeed {
    return new PageFeed({
      session,
      placement: frame.placement,
      title: () => runLabel(session),
      post: (message) => frame.webview.postMessage(message),
      onError: (error) => logDefect(this.#log, "monitor page", error),
    });
  }

  #handle(message: FromPage, session: RunSession | undefined): void {
    switch (message.kind) {
      case "ready":
      case "ack":
        return;
      case "copy":
        void this.#copy(message.text, message.what);
        return;
      case "openDiff":
        if (session !== undefined) this.#hooks.openDiff(session, message);
        return;
      case "commentOnPull":
        if (session !== undefined) this.#hooks.comment(session, message);
        return;
      case "allowEndpoint":
        if (session !== undefined) this.#hooks.allowEndpoint(session, message.entries, message.request);
        return;
      case "retry":
        void vscodeCommands.executeCommand(
          session?.kind === "file" ? commands.reopenRunLog : commands.reconnect,
          session === undefined ? undefined : { kind: "run", run: session },
        );
        return;
      case "connect":
        void vscodeCommands.executeCommand(commands.connect);
        return;
      case "openLog":
        void vscodeCommands.executeCommand(commands.openRunLog);
        return;
      case "error":
        this.#log.error(`monitor page: ${plainText(message.message, 2000)}`);
        return;
    }
  }

  async #copy(text: string, what: string): Promise<void> {
    await env.clipboard.writeText(text);
    window.setStatusBarMessage(`$(check) Copied ${plainText(what).replaceAll("$(", "")}`, COPIED_MS);
  }
}
