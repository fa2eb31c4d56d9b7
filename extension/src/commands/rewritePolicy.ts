// Refactorings of workflow files as commands: what the language server makes of the active document is applied to it.
import { env, Uri, window, workspace, type TextEditor } from "vscode";
import { ALLOWLIST_REWRITES } from "../../../language-server/protocol/messages.ts";
import type { Context } from "../context.ts";
import { isWorkflowDocument } from "../policy/workflowDocuments.ts";
import type { Rewritten } from "../policy/languageClient.ts";
import { plainText } from "../views/plainText.ts";

const SHOW = "Show";

const activeWorkflow = (): TextEditor | undefined => {
  const editor = window.activeTextEditor;
  const isOne = editor?.document.uri.scheme === "file" && isWorkflowDocument(editor.document.uri.path);
  return isOne ? editor : undefined;
};

/** What the server makes of the active workflow; undefined, with a word to the user, where that is nothing. */
const ask = async (
  { policies }: Context,
  refactoring: string,
  uri: Uri | undefined,
  text?: string,
): Promise<Rewritten | undefined> => {
  const editor = activeWorkflow();
  const target = uri ?? editor?.document.uri;
  if (target === undefined) {
    void window.showInformationMessage("Open a workflow file first.");
    return undefined;
  }
  const position = editor?.selection.active;
  const answer = await policies.rewrite({
    refactoring,
    uri: target.toString(),
    ...(position === undefined ? {} : { position: { line: position.line, character: position.character } }),
    ...(text === undefined ? {} : { text }),
  });
  if (answer.problem === undefined) return answer;
  void window.showInformationMessage(plainText(answer.problem, 600));
  return undefined;
};

/** Applies the edit; what is to be said of it stands in its preview, which VS Code shows where there is something. */
const apply = async (answer: Rewritten | undefined): Promise<boolean> =>
  answer?.edit !== undefined && (await workspace.applyEdit(answer.edit, { isRefactoring: true }));

/** One of the refactorings that need nothing but the place of the cursor. */
export const rewriteActive = async (context: Context, refactoring: string): Promise<void> => {
  await apply(await ask(context, refactoring, undefined));
};

const SETUP_STEPS = ".github/workflows/copilot-setup-steps.yml";

/** Makes the file and opens it. It stands where `argument` says, else in the active workflow's repository, else in the first folder. */
export const createSetupSteps = async (context: Context, argument: unknown): Promise<void> => {
  const folder = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri;
  const uri =
    (argument instanceof Uri ? argument : activeWorkflow()?.document.uri) ??
    (folder === undefined ? undefined : Uri.joinPath(folder, SETUP_STEPS));
  const answer = await ask(context, "createSetupSteps", uri);
  if (!(await apply(answer))) return;
  const [made] = answer?.edit?.entries()[0] ?? [];
  if (made !== undefined) await window.showTextDocument(made);
};

/** Copies the policy at the cursor as the text that Copilot's settings page takes. */
export const copyAllowlist = async (context: Context): Promise<void> => {
  const answer = await ask(context, ALLOWLIST_REWRITES.copy, undefined);
  if (answer?.text === undefined) return;
  await env.clipboard.writeText(answer.text);
  const entries = answer.text.trim().split("\n").length;
  const message = `Copied ${entries === 1 ? "1 entry" : `${entries} entries`} of an allowlist for Copilot's firewall.`;
  const { notes } = answer;
  if (notes.length === 0) {
    window.setStatusBarMessage(`$(check) ${message}`, 4000);
    return;
  }
  const more = notes.length === 1 ? "1 of them" : `${notes.length} of them`;
  const chosen = await window.showInformationMessage(`${message} ${more} cannot say the same as the policy.`, SHOW);
  if (chosen !== SHOW) return;
  const content = [answer.text, ...notes.map((note) => `# ${plainText(note, 1000)}`)].join("\n");
  await window.showTextDocument(await workspace.openTextDocument({ content, language: "plaintext" }));
};

/** Adds the allowlist in the clipboard to the policy at the cursor. */
export const addAllowlist = async (context: Context): Promise<void> => {
  await apply(await ask(context, ALLOWLIST_REWRITES.add, undefined, await env.clipboard.readText()));
};
