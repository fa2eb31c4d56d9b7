// What the user is told when a command cannot go on.

/** 2: bad usage or bad input. 3: the collector could not do what was asked. */
export type FailureCode = 2 | 3;

/**
 * An error whose message is for the user: what is wrong, where, and what to do. `main` prints `runglass: <message>`
 * without a stack and exits with `exitCode`.
 */
export class UserError extends Error {
  readonly exitCode: FailureCode;

  constructor(message: string, exitCode: FailureCode) {
    super(message);
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}

/** The message of whatever was thrown, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s*[\r\n]+\s*/g, " ");
