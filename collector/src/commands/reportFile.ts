// Where a report or a copy goes: to standard output, or to a file that is there as a whole or not at all.
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { messageOf, UserError } from "../errors.ts";
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
  const refused = (error: unknown): UserError =>
    new UserError(`cannot write ${path}: ${messageOf(error)}: name a file in a folder that you may write`, 3);
  const drained = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const settle = (): void => (failure === undefined ? resolve() : reject(refused(failure)));
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
        throw refused(failure ?? error);
      }
    },
    async abandon() {
      stream.destroy();
      await rm(beside, { force: true });
    },
  };
};
