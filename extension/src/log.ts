// The extension's log (Output: Runglass). Never a token, and runner's text only cut and cleaned.
import { window, type LogOutputChannel } from "vscode";
import { UserError, type Failure } from "./errors.ts";
import { plainText } from "./views/plainText.ts";

export type Log = LogOutputChannel;

export const createLog = (): Log => window.createOutputChannel("Runglass", { log: true });

export const logFailure = (log: Log, where: string, failure: Failure): void =>
  log.warn(`${where}: ${failure.code}: ${plainText(`${failure.reason} ${failure.action}`, 600)}`);

/** An error that is no user's: a defect. */
export const logDefect = (log: Log, where: string, error: unknown): void => {
  if (error instanceof UserError) logFailure(log, where, error.failure);
  else log.error(`${where}:`, error instanceof Error ? (error.stack ?? error.message) : String(error));
};
