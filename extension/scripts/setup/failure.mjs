/**
 * A failure that is explained: the message says what went wrong and what to do, and is shown without a stack trace.
 */
export class SetupFailure extends Error {
  /**
   * @param {string} message what went wrong
   * @param {string} remedy what to do about it
   */
  constructor(message, remedy) {
    super(message);
    this.name = "SetupFailure";
    this.remedy = remedy;
  }
}

/** Thrown where Ctrl-C ended a stage. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}
