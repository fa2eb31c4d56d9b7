// Reads files that others write, and that may be anything by the time we look.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * The text of a regular file of at most `most` bytes that belongs to user `owner`; undefined for all else, and where it
 * cannot be read. A pipe does not make it wait, and a link in the place of the file is not followed.
 */
export const readSmallFile = (path: string, most: number, owner: number): string | undefined => {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  try {
    const { size, uid } = fstatSync(fd);
    if (!fstatSync(fd).isFile() || uid !== owner || size > most) return undefined;
    // Not more than it was a moment ago, whoever adds to it.
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const n = readSync(fd, bytes, length, size - length, null);
      if (n === 0) break;
      length += n;
    }
    return bytes.toString("utf8", 0, length);
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
};
