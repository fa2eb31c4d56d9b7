// Add Monitor Step: into the repository's setup steps for Copilot, which are made where there are none. The language server makes
// the edit, and VS Code shows it before anything is saved.
import { commands as vscodeCommands, Uri, window, workspace } from "vscode";
import { repositoryKey, repositoryName } from "../github/names.ts";
import { commands } from "../ids.ts";
import { SETUP_STEPS_PATH } from "../pullRequests/monitorStep.ts";
import { gitExtension } from "../relatedDiff/gitExtension.ts";
import { isRemoteOf } from "../relatedDiff/runRepository.ts";

const exists = async (uri: Uri): Promise<boolean> => {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
};

/** `owner/name` of the row that the command is called for; undefined where it is called for none. */
const repositoryOf = (argument: unknown): string | undefined => {
  if (typeof argument !== "object" || argument === null) return undefined;
  const { owner, name } = argument as { readonly owner?: unknown; readonly name?: unknown };
  const repository = typeof owner === "string" && typeof name === "string" ? repositoryName(owner, name) : undefined;
  return repository === undefined ? undefined : repositoryKey(repository);
};

/** Where the repository is checked out in this window, by its remotes. */
const checkoutOf = async (repository: string): Promise<Uri | undefined> => {
  const repositories = (await gitExtension())?.repositories ?? [];
  return repositories.find(({ rootUri, state }) => rootUri.scheme === "file" && isRemoteOf(state.remotes, repository))
    ?.rootUri;
};

/** In the repository that it is called for; else in the folder that is open, which the user picks where there are several. */
export const addMonitorStep = async (argument: unknown): Promise<void> => {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0) {
    void window.showInformationMessage(`Open the repository's folder: the step belongs into ${SETUP_STEPS_PATH}.`);
    return;
  }
  const repository = repositoryOf(argument);
  const folder =
    (repository === undefined ? undefined : await checkoutOf(repository)) ??
    (folders.length === 1 ? folders[0] : await window.showWorkspaceFolderPick())?.uri;
  if (folder === undefined) return;
  const uri = Uri.joinPath(folder, SETUP_STEPS_PATH);
  if (!(await exists(uri))) {
    await vscodeCommands.executeCommand(commands.createSetupSteps, uri);
    return;
  }
  await window.showTextDocument(uri);
  await vscodeCommands.executeCommand(commands.insertMonitorStep);
};
