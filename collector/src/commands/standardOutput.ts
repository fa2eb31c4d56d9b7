// Standard output for long documents: waits for a slow reader, and is quiet about one that has gone (`| head`).
import { messageOf, UserError } from "../errors.ts";
import { errnoOf } from "../log/fileAccess.ts";

export interface Output {
  write(data: string | Uint8Array): void;
  /** Resolves when the reader has taken what was written, or is gone; rejects with a `UserError` on a full disk. */
  drained(): Promise<void>;
}

export const standardOutput = (stream: NodeJS.WritableStream = process.stdout): Output => {
  let gone = false;
  let failure: UserError | undefined;
  stream.on("error", (error) => {
    gone = true;
    if (errnoOf(error) !== "EPIPE") failure = new UserError(`cannot write to standard output: ${messageOf(error)}`, 3);
  });
  return {
    write(data) {
      if (!gone) stream.write(data);
    },
    drained: () =>
      new Promise((resolve, reject) => {
        // The error event of a failed write comes after its callback.
        const settle = (): void => void setImmediate(() => (failure === undefined ? resolve() : reject(failure)));
        if (gone) settle();
        else stream.write("", settle);
      }),
  };
};
