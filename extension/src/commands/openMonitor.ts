// Shows a run's monitor where the user wants it: as an editor, or in the panel.
import { commands as vscodeCommands, TabInputCustom, ViewColumn, window, type Uri } from "vscode";
import { monitorPlace } from "../config.ts";
import type { Context } from "../context.ts";
import { contextKeys, editors, views } from "../ids.ts";
import { isMonitor } from "../relatedDiff/besideMonitor.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { fileRunUri } from "../views/runLogEditor.ts";

/** Beside what one works on; an empty window has nothing to stand beside, and monitors of many runs stand in one place. */
const columnBeside = (): ViewColumn => {
  const { activeTab } = window.tabGroups.activeTabGroup;
  return activeTab === undefined || isMonitor(activeTab.input) ? ViewColumn.Active : ViewColumn.Beside;
};

/** Where the log is open already: one more beside it would only be in the way. */
const columnOf = (uri: Uri): ViewColumn | undefined =>
  window.tabGroups.all.find(({ tabs }) =>
    tabs.some(
      ({ input }) =>
        input instanceof TabInputCustom && input.viewType === editors.runLog && input.uri.toString() === uri.toString(),
    ),
  )?.viewColumn;

export const openMonitor = async (context: Context, run: RunSession): Promise<void> => {
  const place = monitorPlace();
  context.registry.makeCurrent(run);
  if (run.kind === "file") {
    const uri = fileRunUri(run.key);
    const column = columnOf(uri) ?? (place === "active" ? ViewColumn.Active : columnBeside());
    await vscodeCommands.executeCommand("vscode.openWith", uri, editors.runLog, column);
  } else if (place === "panel") await openMonitorInPanel(context, run);
  else context.panels.show(run, place === "active" ? ViewColumn.Active : columnBeside());
};

/** Gives the monitor its place in the panel, without opening it. */
export const showPanelView = (): Thenable<unknown> =>
  vscodeCommands.executeCommand("setContext", contextKeys.panel, true);

/** Without a run, the page there teaches how to get one. */
export const openMonitorInPanel = async (context: Context, run: RunSession | undefined): Promise<void> => {
  if (run !== undefined) context.registry.makeCurrent(run);
  await showPanelView();
  await vscodeCommands.executeCommand(`${views.monitor}.focus`);
};
