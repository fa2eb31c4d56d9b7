// What the user is told when a command cannot go on.

/** 2: bad usage or bad input. 3: the collector could not do what was asked. */
export type FailureCode = 2 | 3;

/**
 * An error whose message is for the user: what is wrong, where, and what to do. `main` prints `runglass: <message>`
 * without a stack and exits with `exitCode`.
 */
export class UserError extends Error {
  readonly exitCode: FailureCode;
  /** Where there is a list to show: each goes on a line of its own behind the message. */
  readonly details: readonly string[];

  constructor(message: string, exitCode: FailureCode, details: readonly string[] = []) {
    super(message);
    this.name = "UserError";
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** The message of whatever was thrown, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*[\r\n]+\s*/g, " ");
