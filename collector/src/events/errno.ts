// Names of error numbers.
import { constants } from "node:os";

const names = new Map<number, string>(Object.entries(constants.errno).map(([name, number]) => [number, name]));
names.set(constants.errno.EAGAIN, "EAGAIN"); // Shares its number with EWOULDBLOCK.

/** `ok` for 0, the name of an error number, or `E` and the number where it has none here. */
export const resultName = (errno: number): string => (errno === 0 ? "ok" : (names.get(errno) ?? `E${errno}`));
