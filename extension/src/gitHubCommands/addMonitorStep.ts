// Add Monitor Step: opens the repository's setup steps for Copilot, where the step that starts our collector belongs.
import { Uri, window, workspace } from "vscode";
import { SETUP_STEPS_PATH } from "../pullRequests/monitorStep.ts";

const NEW_FILE = `name: Copilot setup steps
on: workflow_dispatch
jobs:
  copilot-setup-steps:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: runglass/runglass/collector@v0.1.0 # pin this to the release's commit
        with:
          egress-policy: audit
`;

const exists = async (uri: Uri): Promise<boolean> => {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
};

/** In the folder that is open; a new file is shown, and saved by the user alone. */
export const addMonitorStep = async (): Promise<void> => {
  const folder = (workspace.workspaceFolders ?? [])[0]?.uri;
  if (folder === undefined) {
    void window.showInformationMessage(`Open the repository's folder: the step belongs into ${SETUP_STEPS_PATH}.`);
    return;
  }
  const uri = Uri.joinPath(folder, SETUP_STEPS_PATH);
  if (await exists(uri)) {
    await window.showTextDocument(uri);
    return;
  }
  const document = await workspace.openTextDocument(uri.with({ scheme: "untitled" }));
  const editor = await window.showTextDocument(document);
  if (document.getText() === "") await editor.edit((edit) => edit.insert(document.positionAt(0), NEW_FILE));
};
