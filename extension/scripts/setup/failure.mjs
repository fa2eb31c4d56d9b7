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

/** @param {string} output @returns {boolean} whether a program failed for want of room on the disk */
export const isOutOfSpace = (output) =>
  /\bENOSPC\b|\bEDQUOT\b|No space left on device|Disk quota exceeded/i.test(output);

export const makeRoom = "Make room on the disk (`df -h`), then run the same command again.";

/**
 * @param {unknown} error of a file operation of the set-up's own
 * @param {string} checkout
 * @returns {SetupFailure | undefined} what it means to the user, undefined where it is none that the machine explains
 */
export const explainFileError = (error, checkout) => {
  const { code = "", message = "", path = checkout } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === "ENOSPC" || code === "EDQUOT") return new SetupFailure(message, makeRoom);
  if (code === "EROFS") return new SetupFailure(message, "Clone to a place that can be written to.");
  if (code === "EACCES" || code === "EPERM") {
    return new SetupFailure(
      `Not allowed to write ${path}.`,
      "The clone, and what earlier runs have left in it, must be yours: run this as the user who owns it, or " +
        `\`sudo chown -R "$(id -un)" '${checkout.replaceAll("'", "'\\''")}'\`.`,
    );
  }
  return undefined;
};

/** Thrown where Ctrl-C ended a stage. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}
