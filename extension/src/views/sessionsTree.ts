// The Sessions view: pull requests, below each its sessions, and below each of those its steps.
import {
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type Disposable,
  type TreeDataProvider,
  type ViewBadge,
} from "vscode";
import { gitHubCommands, sessionContexts } from "../ids.ts";
import type { JobStep } from "../github/model.ts";
import { pullKey } from "../github/names.ts";
import { isLive } from "../pullRequests/agentRuns.ts";
import type { PullRequests } from "../pullRequests/pullRequests.ts";
import { runOfSession } from "../pullRequests/runOfSession.ts";
import { sessionRowId, type PullEntry, type SessionEntry, type Watched } from "../pullRequests/watched.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import { plainText } from "./plainText.ts";
import { sessionLog } from "./sessionLog.ts";
import * as text from "./sessionText.ts";
import { failuresOf, hintsOf, type Notice } from "./sessionNotices.ts";

/** A row of the view; menu commands are called with one. */
export type SessionsNode =
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "pull"; readonly pull: PullEntry }
  | { readonly kind: "session"; readonly pull: PullEntry; readonly session: SessionEntry }
  | { readonly kind: "step"; readonly pull: PullEntry; readonly session: SessionEntry; readonly step: JobStep };

/** Runs change far more often than a person reads. */
const REFRESH_MS = 1000;

const colors: Readonly<Record<string, string>> = {
  pulse: "charts.green",
  pass: "charts.green",
  error: "list.errorForeground",
  warning: "list.warningForeground",
};

const icon = (name: string): ThemeIcon => {
  const color = colors[name];
  return new ThemeIcon(name, color === undefined ? undefined : new ThemeColor(color));
};

const noticeRows = (notices: readonly Notice[]): SessionsNode[] =>
  notices.map((notice) => ({ kind: "notice", notice }));

export class SessionsTree implements TreeDataProvider<SessionsNode>, Disposable {
  readonly #pulls: PullRequests;
  readonly #registry: RunRegistry;
  readonly #changed = new EventEmitter<SessionsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #stops: (() => void)[];
  #timer: NodeJS.Timeout | undefined;

  constructor(pulls: PullRequests, registry: RunRegistry) {
    this.#pulls = pulls;
    this.#registry = registry;
    this.#stops = [
      pulls.onChange(() => this.#changed.fire(undefined)),
      registry.onChange(() => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#changed.fire(undefined);
        }, REFRESH_MS);
      }),
    ];
  }

  getChildren(node?: SessionsNode): SessionsNode[] {
    if (node === undefined) return this.#roots(this.#pulls.watched);
    if (node.kind === "pull") {
      this.#pulls.see(node.pull);
      return node.pull.sessions.map((session) => ({ kind: "session", pull: node.pull, session }));
    }
    if (node.kind !== "session") return [];
    const { pull, session } = node;
    this.#pulls.look(session);
    return (session.job?.steps ?? []).map((step) => ({ kind: "step", pull, session, step }));
  }

  getTreeItem(node: SessionsNode): TreeItem {
    switch (node.kind) {
      case "notice":
        return this.#noticeItem(node.notice);
      case "pull":
        return this.#pullItem(node.pull);
      case "session":
        return this.#sessionItem(node);
      case "step":
        return this.#stepItem(node);
    }
  }

  getParent(node: SessionsNode): SessionsNode | undefined {
    if (node.kind === "session") return { kind: "pull", pull: node.pull };
    return node.kind === "step" ? { kind: "session", pull: node.pull, session: node.session } : undefined;
  }

  /** How many sessions go on. */
  badge(): ViewBadge | undefined {
    const live = this.#pulls.watched.pulls.flatMap(({ sessions }) => sessions).filter(({ run }) => isLive(run)).length;
    return live === 0 ? undefined : { value: live, tooltip: `${live} live ${live === 1 ? "session" : "sessions"}` };
  }

  dispose(): void {
    for (const stop of this.#stops) stop();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #roots(watched: Watched): SessionsNode[] {
    const pulls = watched.pulls.map((pull): SessionsNode => ({ kind: "pull", pull }));
    return [...noticeRows(failuresOf(watched)), ...pulls, ...noticeRows(hintsOf(watched))];
  }

  #noticeItem({ key, label, detail, icon: name, command }: Notice): TreeItem {
    const item = new TreeItem(label);
    item.id = `notice ${key}`;
    item.description = detail;
    item.tooltip = `${label}\n${detail}`;
    item.iconPath = icon(name);
    if (command !== undefined)
      item.command = { command: command.id, title: command.title, arguments: command.arguments };
    return item;
  }

  #pullItem(entry: PullEntry): TreeItem {
    const hasLive = entry.sessions.some(({ run }) => isLive(run));
    const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
    const state = entry.sessions.length === 0 ? None : hasLive ? Expanded : Collapsed;
    const item = new TreeItem(text.pullLabel(entry.pull), state);
    item.id = pullKey(entry.pull);
    const isOnly = this.#pulls.watched.repositories.length < 2;
    const repository = isOnly ? "" : ` · ${plainText(`${entry.pull.owner}/${entry.pull.name}`)}`;
    item.description = text.pullDescription(entry) + repository;
    item.tooltip = text.pullTooltip(entry);
    item.iconPath = icon(text.pullIcon(entry));
    item.contextValue = entry.isAdded ? sessionContexts.addedPull : sessionContexts.pull;
    return item;
  }

  #sessionItem({ pull, session }: Extract<SessionsNode, { kind: "session" }>): TreeItem {
    const now = Date.now();
    const run = runOfSession(this.#registry.runs, session.run);
    const log = run === undefined ? undefined : sessionLog(run);
    const item = new TreeItem(text.sessionLabel(session, now), TreeItemCollapsibleState.Collapsed);
    item.id = sessionRowId(pull, session);
    item.description = text.sessionDescription(session, log, now);
    item.tooltip = text.sessionTooltip(session, log, now);
    item.iconPath = icon(text.sessionIcon(session));
    item.contextValue = isLive(session.run) ? sessionContexts.liveSession : sessionContexts.session;
    item.accessibilityInformation = { label: text.sessionSpoken(session, log, now), role: "treeitem" };
    const node: SessionsNode = { kind: "session", pull, session };
    item.command = { command: gitHubCommands.watchSession, title: "Watch Session", arguments: [node] };
    return item;
  }

  #stepItem({ pull, session, step }: Extract<SessionsNode, { kind: "step" }>): TreeItem {
    const item = new TreeItem(text.stepLabel(step));
    item.id = `${sessionRowId(pull, session)} ${step.number}`;
    const now = Date.now();
    item.description = text.stepDescription(step, now);
    item.tooltip = text.stepLabel(step);
    item.iconPath = icon(text.stepIcon(step));
    item.accessibilityInformation = { label: text.stepSpoken(step, now), role: "treeitem" };
    return item;
  }
}
