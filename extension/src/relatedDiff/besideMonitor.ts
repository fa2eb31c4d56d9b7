// Where a comparison opens: not over the monitor that it was asked for from.
import { TabInputCustom, TabInputWebview, ViewColumn, window } from "vscode";
import { editors } from "../ids.ts";

/** Whether the input of a tab is a monitor of a run. */
export const isMonitor = (input: unknown): boolean =>
  (input instanceof TabInputWebview && input.viewType.endsWith(editors.monitor)) ||
  (input instanceof TabInputCustom && input.viewType === editors.runLog);

/** Another group that is there, else a new one, where a monitor is in front; else where one works. */
export const besideMonitor = (): ViewColumn => {
  const { activeTabGroup, all } = window.tabGroups;
  if (!isMonitor(activeTabGroup.activeTab?.input)) return ViewColumn.Active;
  const other = all.find((group) => group !== activeTabGroup && !isMonitor(group.activeTab?.input));
  return other?.viewColumn ?? ViewColumn.Beside;
};
