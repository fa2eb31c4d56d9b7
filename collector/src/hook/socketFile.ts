// The place of the hooks' socket in the file system: only the agent's user may write to it, and what is not ours is
// neither removed nor listened on.
import { lstatSync, mkdirSync, readlinkSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname, resolve as absolute } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";

/** Longest path that a socket's address holds, in bytes. */
const LONGEST = 107;
const MOST_LINKS = 16;

const lstat = (path: string): ReturnType<typeof lstatSync> | undefined => {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/**
 * Is the directory there? Where others may rename it or one above it, or turn a link on the way, they could put a socket
 * of their own in the place of ours: throws a `UserError`.
 */
const isSafeDirectory = (path: string, links = MOST_LINKS): boolean => {
  const above = dirname(path);
  if (above !== path && !isSafeDirectory(above, links)) return false;
  const stats = lstat(path);
  if (stats === undefined) return false;
  const isOurs = stats.uid === 0 || stats.uid === process.geteuid?.();
  if (isOurs && stats.isSymbolicLink() && links > 0)
    return isSafeDirectory(absolute(above, readlinkSync(path)), links - 1);
  if (!stats.isDirectory()) throw new UserError(`--hook-socket: ${path} is not a directory`, 2);
  const mode = Number(stats.mode);
  if (isOurs && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0)) return true;
  throw new UserError(
    `--hook-socket: others may change the directory ${path}: use one that only root may write to, as /run/runglass`,
    2,
  );
};

/** True where the directory was made. */
const haveDirectory = (path: string): boolean => {
  if (isSafeDirectory(path)) return false;
  mkdirSync(path, { mode: 0o755 });
  return true;
};

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      const code = errnoOf(error);
      if (code === "ECONNREFUSED" || code === "ENOENT") resolve(false);
      else if (code === "EAGAIN") resolve(true);
      else reject(error);
    });
  });

/**
 * Makes `path` free for a new socket: one that a killed run left is removed. Resolves with whether its directory was
 * made for it. Throws a `UserError`.
 */
export const freeSocketPath = async (path: string): Promise<boolean> => {
  if (Buffer.byteLength(path) > LONGEST) {
    throw new UserError(`--hook-socket: the path is longer than the ${LONGEST} bytes that a socket's may have`, 2);
  }
  try {
    const made = haveDirectory(dirname(absolute(path)));
    const there = lstat(path);
    if (there === undefined) return made;
    if (!there.isSocket()) throw new UserError(`--hook-socket: ${path} is there already and is not a socket`, 2);
    if (await answers(path)) {
      throw new UserError(`--hook-socket: another run listens on ${path}: end it, or give this one another path`, 3);
    }
    unlinkSync(path);
    return made;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--hook-socket: cannot use ${path}: ${messageOf(error)}`, 2);
  }
};
