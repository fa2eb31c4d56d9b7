// Where a report or a copy goes: to standard output, or to a file that is there as a whole or not at all.
import { randomBytes } from "node:crypto";
import { createWriteStream, type Stats } from "node:fs";
import { realpath, rename, rm, stat } from "node:fs/promises";
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

/**
 * The path of the file to replace: behind links, which stay. Throws a `UserError` where something else than a regular file
 * is there (as root, `/dev/null` could be replaced), and where it is the file behind the descriptor `log`, by whatever name.
 */
export const replaceable = async (path: string, log: number): Promise<string> => {
  if (path === "")
    throw new UserError("--output names no file: give it a path, or leave it out for standard output", 2);
  const target = await there(path);
  if (target === undefined) return path;
  if (target.isDirectory()) throw new UserError(`cannot write ${path}: it is a directory: name a file in it`, 2);
  if (!target.isFile()) {
    const instead = "without --output it goes to standard output, and from there anywhere";
    throw new UserError(`cannot write ${path}: it is not a regular file: ${instead}`, 2);
  }
  const { dev, ino } = await statFd(log);
  if (target.dev === dev && target.ino === ino) {
    throw new UserError(`cannot write ${path}: it is the log itself, which would be lost: name another file`, 2);
  }
  return realpath(path);
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
