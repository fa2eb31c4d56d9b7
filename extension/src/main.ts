// Table of contents of the extension: what is registered, and in which order. Nothing here waits for anything.
import { join } from "node:path";
import { languages, Uri, window, type ExtensionContext } from "vscode";
import { registerCommands } from "./commands/registerCommands.ts";
import { showError } from "./commands/showFailure.ts";
import { showPanelView } from "./commands/openMonitor.ts";
import { connectByFile } from "./commands/connect.ts";
import { openLink } from "./commands/openLink.ts";
import { maxSpoolBytes, reconnectPolicy } from "./config.ts";
import { gitHubOf, startFile, tokenIn } from "./connect/connectFile.ts";
import { LiveRuns } from "./connect/liveRuns.ts";
import { localPath } from "./connect/localCopy.ts";
import { rememberedRuns, rememberRuns } from "./connect/remembered.ts";
import { Tokens } from "./connect/tokens.ts";
import type { Context } from "./context.ts";
import { parseHostedRunKey } from "./hosted/hostedRunKey.ts";
import { editors, views } from "./ids.ts";
import { createLog, logDefect } from "./log.ts";
import { logRuns } from "./logRuns.ts";
import { servePolicies } from "./policy/policyLanguage.ts";
import { LazyGitHub } from "./pullRequests/lazyGitHub.ts";
import { LazyRelatedDiffs } from "./relatedDiff/lazyRelatedDiffs.ts";
import { LineMarks } from "./relatedDiff/lineMarks.ts";
import { SHOWN_SCHEMES } from "./relatedDiff/shownFile.ts";
import { RunRegistry } from "./sessions/registry.ts";
import { MonitorPages } from "./views/monitorPages.ts";
import { MonitorPanels } from "./views/monitorPanels.ts";
import { MonitorView } from "./views/monitorView.ts";
import { RunLogEditor } from "./views/runLogEditor.ts";
import { RunsTree } from "./views/runsTree.ts";
import { showStatusBar } from "./views/statusBar.ts";

/** Ends what must be ended in order, and waited for, when the window closes. */
let close: (() => Promise<void>) | undefined;

export const activate = (extension: ExtensionContext): void => {
  const log = createLog();
  const registry = new RunRegistry();
  const tokens = new Tokens(extension.secrets, extension.globalState);
  const folder = join(extension.globalStorageUri.fsPath, "runs");
  const relatedDiffs = new LazyRelatedDiffs(extension.extensionPath, {
    client: async () => (await context.gitHub()).account.client(),
    rewrite: (params) => context.policies.rewrite(params),
    memory: extension.workspaceState,
    onFailure: (error) => logDefect(log, "related diff", error),
  });
  const pages = new MonitorPages(extension.extensionUri, log, {
    openDiff: (session, row) =>
      void relatedDiffs.open(session, row).catch((error: unknown) => showError(log, "Go to the Related Diff", error)),
    comment: (session, row) =>
      void relatedDiffs
        .comment(session, row)
        .catch((error: unknown) => showError(log, "Comment on the Pull Request", error)),
    allowEndpoint: (session, entries, request) =>
      void relatedDiffs
        .allow(session, entries, request)
        .catch((error: unknown) => showError(log, "Allow This Endpoint", error)),
  });
  const started = startFile();
  const liveRuns = new LiveRuns({
    registry,
    folder,
    policy: reconnectPolicy,
    maxSpoolBytes,
    tokenFor: async (origin) => (await tokens.get(origin)) ?? (await tokenIn(started, origin)),
    onError: (error) => logDefect(log, "restore", error),
  });
  const restored = liveRuns
    .restore(rememberedRuns(extension.workspaceState))
    .catch((error: unknown) => logDefect(log, "restore", error));
  const panels = new MonitorPanels(registry, pages, restored, async (key) =>
    parseHostedRunKey(key) === undefined ? undefined : (await gitHub.load()).bringBack(key),
  );
  const policies = servePolicies(extension, registry, log);
  const gitHub = new LazyGitHub(extension, () => context, gitHubOf(started));
  const media = Uri.joinPath(extension.extensionUri, "extension/media");
  const marks = new LineMarks(registry, relatedDiffs, media, (error) => logDefect(log, "marks of the diff", error));
  const context: Context = {
    version: String((extension.extension.packageJSON as { readonly version?: unknown }).version),
    folder: extension.extensionPath,
    relatedDiffs,
    log,
    registry,
    tokens,
    liveRuns,
    pages,
    panels,
    marks,
    policies,
    restored,
    gitHub: () => gitHub.load(),
  };
  const tree = new RunsTree(registry);
  const monitorView = new MonitorView(registry, pages);
  const hidden = { webviewOptions: { retainContextWhenHidden: true } };

  extension.subscriptions.push(
    log,
    tree,
    monitorView,
    window.createTreeView(views.runs, { treeDataProvider: tree, showCollapseAll: false }),
    window.registerWebviewViewProvider(views.monitor, monitorView, hidden),
    window.registerWebviewPanelSerializer(editors.monitor, panels),
    window.registerCustomEditorProvider(
      editors.runLog,
      new RunLogEditor({ registry, pages, log, localPath: (uri) => localPath(uri, folder) }),
      { ...hidden, supportsMultipleEditorsPerDocument: true },
    ),
    window.registerUriHandler({ handleUri: (uri) => openLink(context, uri) }),
    showStatusBar(registry),
    gitHub,
    relatedDiffs,
    marks,
    languages.registerCodeLensProvider(
      SHOWN_SCHEMES.map((scheme) => ({ scheme })),
      marks,
    ),
    registerCommands(context),
    policies,
  );

  logRuns(registry, log);
  registry.onChange((run) => {
    if (run === undefined && registry.current !== undefined) void showPanelView();
  });
  void restored
    .then(() => relatedDiffs.restoreDrafts())
    .catch((error: unknown) => logDefect(log, "restore drafts", error));
  let stopRemembering: (() => void) | undefined;
  void restored.then(() => (stopRemembering = rememberRuns(registry, extension.workspaceState)));
  close = () => {
    stopRemembering?.();
    return registry.close();
  };
  if (started !== undefined) void connectByFile(context, started);
};

export const deactivate = (): Promise<void> | undefined => close?.();
