// Makes the file of a new run log. The agent's code runs beside us and may have put something at this path: what is
// there is never written into, and a link there is never followed.
import { constants } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf, openFd } from "./fileAccess.ts";

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const create = (path: string): Promise<number> => openFd(path, FLAGS, 0o600);

const refuse = (path: string, error: unknown): UserError => {
  switch (errnoOf(error)) {
    case "ENOENT":
      return new UserError(`cannot write the log ${path}: its directory does not exist; make it first`, 2);
    case "ENOTDIR":
      return new UserError(`cannot write the log ${path}: a part of the path is not a directory`, 2);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UserError(`cannot write the log ${path}: permission denied; choose a place that you may write to`, 2);
    default:
      return new UserError(`cannot write the log ${path}: ${messageOf(error)}`, 3);
  }
};

/**
 * Opens a new file, mode 0600, for reading and writing. An empty regular file there is replaced; one with content only
 * when `overwrite` is asked for; anything else is refused. Throws a `UserError`.
 */
export const openNewLogFile = async (path: string, overwrite: boolean): Promise<number> => {
  try {
    return await create(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw refuse(path, error);
  }
  try {
    const there = await lstat(path);
    if (!there.isFile()) {
      throw new UserError(`cannot write the log ${path}: something that is not a regular file is there`, 2);
    }
    if (there.size > 0 && !overwrite) {
      throw new UserError(`the log ${path} exists already: choose another name or remove it`, 2);
    }
    // A fresh file instead of the old one emptied: someone may hold the old one open.
    await unlink(path);
    return await create(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw refuse(path, error);
  }
};
