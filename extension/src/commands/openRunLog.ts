// Open Run Log…: a file dialog in front of the editor for run logs.
import { commands as vscodeCommands, Uri, ViewColumn, window, workspace } from "vscode";
import { editors } from "../ids.ts";

/** `uri` is given when the command comes from the explorer's menu. */
export const openRunLog = async (uri: unknown): Promise<void> => {
  const [chosen] =
    uri instanceof Uri
      ? [uri]
      : ((await window.showOpenDialog({
          title: "Open Run Log",
          openLabel: "Open Run Log",
          filters: { "Run logs": ["ndjson"], "All files": ["*"] },
          ...(workspace.workspaceFolders?.[0] === undefined ? {} : { defaultUri: workspace.workspaceFolders[0].uri }),
        })) ?? []);
  if (chosen !== undefined)
    await vscodeCommands.executeCommand("vscode.openWith", chosen, editors.runLog, ViewColumn.Active);
};
