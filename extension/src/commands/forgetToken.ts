// Forget Token: removes a collector's token from the secret storage.
import { window } from "vscode";
import type { Context } from "../context.ts";

export const forgetToken = async (context: Context): Promise<void> => {
  const { origins } = context.tokens;
  if (origins.length === 0) {
    void window.showInformationMessage("No token is stored.");
    return;
  }
  const origin = await window.showQuickPick(origins, { title: "Forget Token", placeHolder: "Whose token to forget?" });
  if (origin === undefined) return;
  await context.tokens.forget(origin);
  window.setStatusBarMessage(`$(check) Forgot the token of ${origin}`, 4000);
};
