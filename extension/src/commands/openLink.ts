// vscode://runglass.runglass/…: anyone can make a link, so each asks before anything is done.
import { commands as vscodeCommands, window, type Uri } from "vscode";
import type { Context } from "../context.ts";
import { linkRefused, UserError } from "../errors.ts";
import { gitHubCommands } from "../ids.ts";
import { plainText } from "../views/plainText.ts";
import { connectByLink } from "./connect.ts";
import { showError } from "./showFailure.ts";

const WATCH = "Watch";

/** `/pull?url=…`: the address is looked at where GitHub is known. */
const watchByLink = async (context: Context, uri: Uri): Promise<void> => {
  try {
    const url = new URLSearchParams(uri.query).get("url");
    if (url === null || url === "") throw new UserError(linkRefused("it names no pull request"));
    const chosen = await window.showInformationMessage(
      `Watch the pull request ${plainText(url, 200)}?`,
      { modal: true, detail: "A link asks for this. GitHub is asked for it with your account." },
      WATCH,
    );
    if (chosen === WATCH) await vscodeCommands.executeCommand(gitHubCommands.watchPullRequest, url);
  } catch (error) {
    await showError(context.log, "watch by link", error);
  }
};

export const openLink = (context: Context, uri: Uri): Promise<void> =>
  uri.path === "/pull" ? watchByLink(context, uri) : connectByLink(context, uri);
