// Signing in to GitHub: by VS Code's own sign-in, or by a token of the user's.
import { commands as vscodeCommands, window } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { gitHubCommands } from "../ids.ts";

export const signIn = async ({ account, pullRequests }: GitHubContext): Promise<void> => {
  // VS Code's sign-in is for github.com and for the one enterprise that its own setting names; a token goes before it.
  const isRefused = pullRequests.watched.failure?.code === "tokenRefused";
  if (account.canSignIn && !(isRefused && (await account.hasToken()))) await account.signIn(isRefused);
  else await vscodeCommands.executeCommand(gitHubCommands.setGitHubToken);
};

/** The token is tried before it is kept in place of what was there. */
export const setGitHubToken = async ({ account }: GitHubContext): Promise<void> => {
  const { web } = account.site;
  const text = await window.showInputBox({
    title: "Set GitHub Token",
    prompt: `A token for ${web}: a fine-grained one with read access to Actions, Contents and Pull requests is enough`,
    password: true,
    ignoreFocusOut: true,
    validateInput: (input) =>
      /^[\x21-\x7e]*$/.test(input.trim()) ? undefined : "A token has no spaces and only plain characters.",
  });
  const token = text?.trim();
  if (token === undefined || token === "") return;
  const login = await account.tryToken(token);
  await account.setToken(token);
  window.setStatusBarMessage(`$(check) Signed in to ${web} as ${login.replaceAll("$(", "$ (")}`, 4000);
};

export const removeGitHubToken = async ({ account }: GitHubContext): Promise<void> => {
  if (!(await account.hasToken())) {
    void window.showInformationMessage(`No token for ${account.site.web} is stored.`);
    return;
  }
  await account.removeToken();
  window.setStatusBarMessage(`$(check) Forgot the token for ${account.site.web}`, 4000);
};
