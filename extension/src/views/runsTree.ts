// The Runs view: one item per run, and below it what was counted.
import {
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type Disposable,
  type TreeDataProvider,
} from "vscode";
import { commands } from "../ids.ts";
import type { RunRegistry } from "../sessions/registry.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { connectionCount, fileChangeCount, processCount } from "../sessions/runSummary.ts";
import { runContext, runDescription, runLabel, runSpoken, runTooltip, stateIcon } from "./runText.ts";

/** An item of the view; menu commands are called with one. */
export type RunsNode =
  | { readonly kind: "run"; readonly run: RunSession }
  | {
      readonly kind: "count";
      readonly run: RunSession;
      readonly label: string;
      readonly icon: string;
      readonly count: number;
    };

/** A live run changes far more often than a person reads. */
const REFRESH_MS = 500;

const iconColors: Readonly<Record<string, string>> = {
  live: "charts.green",
  lost: "list.warningForeground",
  failed: "list.errorForeground",
};

const runItem = (run: RunSession): TreeItem => {
  const item = new TreeItem(runLabel(run), TreeItemCollapsibleState.Collapsed);
  item.id = run.key;
  item.description = runDescription(run);
  item.tooltip = runTooltip(run);
  const color = iconColors[run.state.kind];
  item.iconPath = new ThemeIcon(stateIcon(run), color === undefined ? undefined : new ThemeColor(color));
  item.contextValue = runContext(run);
  item.accessibilityInformation = { label: runSpoken(run), role: "treeitem" };
  item.command = { command: commands.openMonitor, title: "Open Monitor", arguments: [{ kind: "run", run }] };
  return item;
};

const counts = (run: RunSession): readonly RunsNode[] => {
  const { summary } = run;
  const row = (label: string, icon: string, count: number): RunsNode => ({ kind: "count", run, label, icon, count });
  return [
    row("Programs started", "server-process", processCount(summary)),
    row("Connections", "globe", connectionCount(summary)),
    row("File changes", "file", fileChangeCount(summary)),
    row("Events lost", summary.lost > 0 ? "warning" : "check", summary.lost),
  ];
};

export class RunsTree implements TreeDataProvider<RunsNode>, Disposable {
  readonly #registry: RunRegistry;
  readonly #changed = new EventEmitter<RunsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** One node per run for its whole life: the view knows its items by identity. */
  readonly #nodes = new WeakMap<RunSession, RunsNode>();
  readonly #stop: () => void;
  readonly #stale = new Set<RunSession>();
  #timer: NodeJS.Timeout | undefined;

  constructor(registry: RunRegistry) {
    this.#registry = registry;
    this.#stop = registry.onChange((run) => {
      if (run === undefined) this.#changed.fire(undefined);
      else this.#refreshSoon(run);
    });
  }

  getChildren(node?: RunsNode): readonly RunsNode[] & RunsNode[] {
    if (node === undefined) return this.#registry.runs.map((run) => this.#nodeOf(run));
    return node.kind === "run" ? [...counts(node.run)] : [];
  }

  getTreeItem(node: RunsNode): TreeItem {
    if (node.kind === "run") return runItem(node.run);
    const item = new TreeItem(node.label);
    item.id = `${node.run.key} ${node.label}`;
    item.description = node.count.toLocaleString("en-US");
    item.iconPath = new ThemeIcon(node.icon);
    item.accessibilityInformation = { label: `${node.label}: ${node.count}`, role: "treeitem" };
    return item;
  }

  getParent(node: RunsNode): RunsNode | undefined {
    return node.kind === "run" ? undefined : this.#nodeOf(node.run);
  }

  dispose(): void {
    this.#stop();
    clearTimeout(this.#timer);
    this.#changed.dispose();
  }

  #nodeOf(run: RunSession): RunsNode {
    const known = this.#nodes.get(run);
    if (known !== undefined) return known;
    const node: RunsNode = { kind: "run", run };
    this.#nodes.set(run, node);
    return node;
  }

  #refreshSoon(run: RunSession): void {
    this.#stale.add(run);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const stale of this.#stale) this.#changed.fire(this.#nodeOf(stale));
      this.#stale.clear();
    }, REFRESH_MS);
  }
}
