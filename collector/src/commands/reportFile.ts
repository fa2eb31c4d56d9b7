// Where a report or a copy goes: to standard output, or to a file that is there as a whole or not at all.
import { randomBytes } from "node:crypto";
import { createWriteStream, type Stats } from "node:fs";
import { lstat, readlink, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { finished } from "node:stream/promises";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf, statFd } from "../log/fileAccess.ts";
import { standardOutput } from "./standardOutput.ts";

export interface ReportFile {
  write(data: string | Uint8Array): void;
  /** Resolves when more can be written without memory growing; rejects with a `UserError` where it can't be written. */
  drained(): Promise<void>;
  /** Puts the file in its place. */
  finish(): Promise<void>;
  /** Leaves nothing of it behind. */
  abandon(): Promise<void>;
}

const refusal = (path: string, error: unknown): UserError => {
  switch (errnoOf(error)) {
    case "ENOENT":
      return new UserError(`cannot write ${path}: its directory does not exist; make it first`, 3);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UserError(`cannot write ${path}: permission denied; choose a place that you may write to`, 3);
    case "ENOSPC":
    case "EDQUOT":
      return new UserError(`cannot write ${path}: the disk is full: free some space`, 3);
    default:
      return new UserError(`cannot write ${path}: ${messageOf(error)}: name a file in a folder that you may write`, 3);
  }
};

const there = async (path: string): Promise<Stats | undefined> => {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw refusal(path, error);
  }
};

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/**
 * What stands behind `path` and the links that it ends in; undefined where nothing does. Throws a `UserError` at a link of
 * another user than ourselves or root: with it, whoever planted it would choose the file that we replace.
 */
const behindLinks = async (path: string): Promise<string | undefined> => {
  let at = path;
  try {
    for (let links = 0; links <= MOST_LINKS; links++) {
      const link = await lstat(at);
      if (!link.isSymbolicLink()) return at;
      if (link.uid !== 0 && link.uid !== process.geteuid?.()) {
        throw new UserError(`cannot write ${path}: ${at} is another user's link: name the file itself`, 2);
      }
      const to = await readlink(at);
      at = isAbsolute(to) ? to : `${dirname(at)}/${to}`; // Not joined: the kernel goes into a folder before it goes up.
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error instanceof UserError ? error : refusal(path, error);
  }
  throw new UserError(`cannot write ${path}: its links go in a circle: name the file itself`, 2);
};

/**
 * The path of the file to replace: behind links, which stay. Throws a `UserError` where something else than a regular file
 * is there (as root, `/dev/null` could be replaced), where it is the file behind the descriptor `log`, by whatever name, and
 * where a link of another user leads to it.
 */
export const replaceable = async (path: string, log: number): Promise<string> => {
  if (path === "")
    throw new UserError("--output names no file: give it a path, or leave it out for standard output", 2);
  const file = await behindLinks(path);
  const target = await there(file ?? path);
  if (target === undefined) return path;
  if (target.isDirectory()) throw new UserError(`cannot write ${path}: it is a directory: name a file in it`, 2);
  // What only /proc leads to (/dev/stdout) has no name that could be replaced.
  if (!target.isFile() || file === undefined) {
    const instead = "without --output it goes to standard output, and from there anywhere";
    throw new UserError(`cannot write ${path}: it is not a regular file: ${instead}`, 2);
  }
  const { dev, ino } = await statFd(log);
  if (target.dev === dev && target.ino === ino) {
    throw new UserError(`cannot write ${path}: it is the log itself, which would be lost: name another file`, 2);
  }
  return file;
};

/** Without a name, standard output. A file is readable by its owner only: command lines are private. */
export const reportFile = (path: string | undefined): ReportFile => {
  if (path === undefined) {
    const output = standardOutput();
    return {
      write: (data) => output.write(data),
      drained: () => output.drained(),
      finish: () => output.drained(),
      abandon: async () => undefined,
    };
  }
  const beside = `${path}.${randomBytes(6).toString("hex")}.part`;
  const stream = createWriteStream(beside, { flags: "wx", mode: 0o600 });
  let failure: unknown;
  stream.on("error", (error) => (failure ??= error));
  const drained = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => (failure === undefined ? resolve() : reject(refusal(path, failure)));
      if (failure !== undefined) settle();
      else stream.write("", () => setImmediate(settle));
    });
  return {
    write: (data) => void stream.write(data),
    drained,
    async finish() {
      try {
        stream.end();
        await finished(stream);
        await rename(beside, path);
      } catch (error) {
        throw refusal(path, failure ?? error);
      }
    },
    async abandon() {
      stream.destroy();
      await rm(beside, { force: true });
    },
  };
};
