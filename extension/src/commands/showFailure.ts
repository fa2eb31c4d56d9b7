// How a failure reaches the user: one message, with what can be done about it as buttons.
import { window } from "vscode";
import { UserError, type Failure } from "../errors.ts";
import { logDefect, logFailure, type Log } from "../log.ts";
import { plainText } from "../views/plainText.ts";

const SHOW_OUTPUT = "Show Output";

/** Shows a failure; gives the button that was chosen, if any. */
export const showFailure = async (
  log: Log,
  where: string,
  failure: Failure,
  ...buttons: string[]
): Promise<string | undefined> => {
  logFailure(log, where, failure);
  return await window.showErrorMessage(plainText(`${failure.reason} ${failure.action}`, 800), ...buttons);
};

/** Shows any error: a user's with its own words, a defect with one general message and the details in the log. */
export const showError = async (log: Log, where: string, error: unknown): Promise<void> => {
  if (error instanceof UserError) {
    await showFailure(log, where, error.failure);
    return;
  }
  logDefect(log, where, error);
  const chosen = await window.showErrorMessage(
    `Runglass: ${where} did not work, for a reason that is a defect.`,
    SHOW_OUTPUT,
  );
  if (chosen === SHOW_OUTPUT) log.show();
};
