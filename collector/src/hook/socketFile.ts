// The place of the hooks' socket in the file system: only the agent's user may write to it, and what is not ours is
// neither removed nor listened on.
import { lstatSync, mkdirSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";

/** Longest path that a socket's address holds, in bytes. */
const LONGEST = 107;

const lstat = (path: string): ReturnType<typeof lstatSync> | undefined => {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/** A directory where others may write could lose the socket to them. True where it was made. */
const haveDirectory = (path: string): boolean => {
  const stats = lstat(path);
  if (stats === undefined) {
    mkdirSync(path, { mode: 0o755 });
    return true;
  }
  if (!stats.isDirectory()) throw new UserError(`--hook-socket: ${path} is not a directory`, 2);
  const ours = stats.uid === 0 || stats.uid === process.geteuid?.();
  const mode = Number(stats.mode);
  if (ours && ((mode & 0o022) === 0 || (mode & 0o1000) !== 0)) return false;
  throw new UserError(
    `--hook-socket: others may change the directory ${path}: use one that only root may write to, as /run/runglass`,
    2,
  );
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
    const made = haveDirectory(dirname(path));
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
