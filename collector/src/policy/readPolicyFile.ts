// Reads the file with a list of endpoints that somebody names: any path, any content.
import { createReadStream } from "node:fs";
import { lstat, realpath, stat } from "node:fs/promises";
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";

/** Longer than any list that a workflow can hold. */
const MOST_BYTES = 4 * 1024 * 1024;

const refusal = (path: string, error: unknown): UserError => {
  if (error instanceof UserError) return error;
  switch (errnoOf(error)) {
    case "ENOENT":
      return new UserError(`policy check: there is no file ${path}: check the path`, 2);
    case "EACCES":
    case "EPERM":
      return new UserError(`policy check: cannot read ${path}: permission denied`, 2);
    default:
      return new UserError(`policy check: cannot read ${path}: ${messageOf(error)}`, 2);
  }
};

/** A pipe without a name, as of the shell's `<(…)`, has a writer that ends; a named one may wait for one for ever. */
const isUnnamedPipe = async (path: string): Promise<boolean> => {
  if (!(await stat(path)).isFIFO()) return false;
  return realpath(path)
    .then(lstat)
    .then(
      () => false,
      () => true,
    );
};

/** The file's text. Throws a `UserError` where it is missing, unreadable, too long for a policy, or no file. */
export const readPolicyFile = async (path: string): Promise<string> => {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new UserError(`policy check: ${path} is a directory: name the policy in it`, 2);
    if (!stats.isFile() && !(await isUnnamedPipe(path))) {
      throw new UserError(`policy check: ${path} is not a regular file: save the policy to a file first`, 2);
    }
    let size = 0;
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) throw new UserError(`policy check: ${path} is too long for a policy`, 2);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  } catch (error) {
    throw refusal(path, error);
  }
};
