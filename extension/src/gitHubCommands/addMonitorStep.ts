// Add Monitor Step: into the repository's setup steps for Copilot, which are made where there are none. The language server makes
// the edit, and VS Code shows it before anything is saved.
import { commands as vscodeCommands, Uri, window, workspace } from "vscode";
import { commands } from "../ids.ts";
import { SETUP_STEPS_PATH } from "../pullRequests/monitorStep.ts";

const exists = async (uri: Uri): Promise<boolean> => {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
};

/** In the folder that is open. */
export const addMonitorStep = async (): Promise<void> => {
  const folder = (workspace.workspaceFolders ?? []).find(({ uri }) => uri.scheme === "file")?.uri;
  if (folder === undefined) {
    void window.showInformationMessage(`Open the repository's folder: the step belongs into ${SETUP_STEPS_PATH}.`);
    return;
  }
  const uri = Uri.joinPath(folder, SETUP_STEPS_PATH);
  if (!(await exists(uri))) {
    await vscodeCommands.executeCommand(commands.createSetupSteps);
    return;
  }
  await window.showTextDocument(uri);
  await vscodeCommands.executeCommand(commands.insertMonitorStep);
};
