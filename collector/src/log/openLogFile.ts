// Opens a log that somebody hands to us: any path, any content.
import { constants } from "node:fs";
import { messageOf, UserError } from "../errors.ts";
import { closeFd, errnoOf, openFd, statFd } from "./fileAccess.ts";

export interface OpenFile {
  readonly path: string;
  readonly fd: number;
  /** Bytes at the time of opening; what is added later is not looked at. */
  readonly size: number;
}

const refuse = (path: string, error: unknown): UserError => {
  switch (errnoOf(error)) {
    case "ENOENT":
      return new UserError(`there is no file ${path}: check the path`, 2);
    case "EACCES":
    case "EPERM":
      return new UserError(
        `cannot read ${path}: permission denied (a log is readable by its owner only; use sudo?)`,
        2,
      );
    default:
      return new UserError(`cannot read ${path}: ${messageOf(error)}`, 2);
  }
};

/** Opens the log at `path` for reading. Throws a `UserError` for what is missing, unreadable, empty, or no file. */
export const openLogFile = async (path: string): Promise<OpenFile> => {
  let fd: number;
  try {
    // O_NONBLOCK, as opening a named pipe would otherwise wait for a writer for ever.
    fd = await openFd(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refuse(path, error);
  }
  try {
    const stats = await statFd(fd);
    if (stats.isDirectory()) throw new UserError(`${path} is a directory: name the run log in it`, 2);
    if (!stats.isFile()) throw new UserError(`${path} is not a regular file: save the log to a file first`, 2);
    if (stats.size === 0) throw new UserError(`${path} is empty: it holds no run`, 2);
    return { path, fd, size: stats.size };
  } catch (error) {
    await closeFd(fd).catch(() => undefined);
    throw error instanceof UserError ? error : refuse(path, error);
  }
};
