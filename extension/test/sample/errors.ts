/** A problem whose message is meant for the person who started the sample; `exitCode` is 2 for bad usage, 3 for what this machine can't do, 1 for a failed story. */
export class SampleError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = "SampleError";
    this.exitCode = exitCode;
  }
}

/** What to print for anything that was thrown: the message alone where it was written for people, the stack where it is our own mistake. */
export const describe = (error: unknown): string =>
  error instanceof SampleError
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

export const exitCodeOf = (error: unknown): number => (error instanceof SampleError ? error.exitCode : 1);
