// Open Run Log…: a file dialog in front of the editor for run logs.
import { commands as vscodeCommands, TabInputCustom, Uri, ViewColumn, window, workspace } from "vscode";
import { editors } from "../ids.ts";
import type { FileRun } from "../sessions/fileRun.ts";
import { fileRunUri } from "../views/runLogEditor.ts";

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

/** Reads the file from its start again: for one that was replaced, or fetched anew. */
export const reopenRunLog = async (run: FileRun): Promise<void> => {
  const uri = fileRunUri(run.key);
  const tabs = window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof TabInputCustom && input.uri.toString() === uri.toString());
  const column = tabs[0]?.group.viewColumn ?? ViewColumn.Active;
  await window.tabGroups.close(tabs, true);
  await vscodeCommands.executeCommand("vscode.openWith", uri, editors.runLog, column);
};
