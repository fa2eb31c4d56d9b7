// Raw file descriptors: reads and writes at a position. A descriptor is shared by all readers of a log, so nothing here
// depends on a file position; FileHandle would warn and close when it is collected while a reader still uses it.
import { close, fstat, ftruncate, open, read, write, type Stats } from "node:fs";
import { promisify } from "node:util";

export const openFd = promisify(open) as (path: string, flags: number, mode?: number) => Promise<number>;
export const closeFd = promisify(close);
export const statFd = promisify(fstat) as (fd: number) => Promise<Stats>;
export const truncateFd = promisify(ftruncate);

/** Reads up to `buffer.length` bytes at `position`; resolves with the number read, less than asked only at the end. */
export const readFully = async (fd: number, buffer: Uint8Array, position: number): Promise<number> => {
  let done = 0;
  while (done < buffer.length) {
    const n = await readOnce(fd, buffer, done, position + done);
    if (n === 0) break;
    done += n;
  }
  return done;
};

const readOnce = (fd: number, buffer: Uint8Array, from: number, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, buffer, from, buffer.length - from, position, (error, n) => (error ? reject(error) : resolve(n)));
  });

/** Writes what it can of `buffer` at `position`; resolves with the number of bytes written. */
export const writeOnce = (fd: number, buffer: Uint8Array, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    write(fd, buffer, 0, buffer.length, position, (error, n) => (error ? reject(error) : resolve(n)));
  });

/** The errno name of a system error, or undefined. */
export const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
