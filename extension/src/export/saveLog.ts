// The bytes of a run's log as a file of the user's own. Knows no VS Code.
import { randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { basename } from "node:path";
import { exportNotWritten, exportOntoLog, UserError } from "../errors.ts";
import { plainText } from "../views/plainText.ts";
import { reasonOf } from "./exportTask.ts";

/** Whether both paths are one file; one that is not there yet is none. */
export const isSameFile = async (a: string, b: string): Promise<boolean> => {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => undefined)));
  return first !== undefined && first === second;
};

/**
 * Copies the first `end` bytes of `source` to `target`, which is there as a whole or as it was before. Throws a `UserError`, also
 * where both are one file.
 */
export const saveLog = async (source: string, end: number, target: string): Promise<void> => {
  const name = plainText(basename(target), 80);
  if (await isSameFile(source, target)) throw new UserError(exportOntoLog(name));
  const draft = `${target}.${randomUUID().slice(0, 8)}.part`;
  try {
    const { size } = await stat(source);
    if (size < end) throw new UserError(exportNotWritten(name, "the run's own file was cut"));
    // Only the user's own: command lines are private.
    if (end === 0) await writeFile(draft, "", { mode: 0o600, flag: "wx" });
    else {
      const output = createWriteStream(draft, { mode: 0o600, flags: "wx" });
      await pipeline(createReadStream(source, { end: end - 1 }), output);
    }
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error instanceof UserError ? error : new UserError(exportNotWritten(name, reasonOf(error)));
  }
};
