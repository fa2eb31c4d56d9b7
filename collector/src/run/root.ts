// Watching needs root.
import { UserError } from "../errors.ts";

/** Throws a `UserError` (exit code 3) where we are not root; `consequence` says what did not happen. */
export const requireRoot = (command: string, consequence: string): void => {
  if (process.geteuid?.() === 0) return;
  throw new UserError(
    `${command} needs root, as only root may watch other processes, and so ${consequence}: run it again with sudo ` +
      `("sudo runglass ${command} …")`,
    3,
  );
};
