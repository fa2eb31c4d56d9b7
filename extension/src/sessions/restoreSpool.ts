// Opens a live run's local copy, where an earlier window left one with what is in it: so a reload of the window fetches only
// what is new, and keeps a run whose collector is gone.
import { open, truncate } from "node:fs/promises";
import { LogScanner } from "./logScanner.ts";
import { scanFile } from "./scanFile.ts";
import { Spool, type SpoolOptions } from "./spool.ts";

export interface RestoredSpool {
  readonly spool: Spool;
  /** Has read all that the copy holds. */
  readonly scanner: LogScanner;
  /** The last event in it. */
  readonly lastLine: string | undefined;
}

const scanCopy = async (path: string): Promise<{ readonly scanner: LogScanner; readonly end: number }> => {
  const scanner = new LogScanner();
  const file = await open(path, "r");
  try {
    const { position } = await scanFile(file, scanner, { position: 0, takeUnended: false, onBlock: () => true });
    return { scanner, end: position };
  } finally {
    await file.close();
  }
};

/** What an earlier window stored, up to the first thing in it that is not as it should be. */
const readCopy = async (path: string): Promise<{ readonly scanner: LogScanner; readonly end: number }> => {
  try {
    const whole = await scanCopy(path);
    if (whole.scanner.damage === undefined && whole.scanner.extents.length <= 1) return whole;
    await truncate(path, whole.scanner.extents[0]?.end ?? 0);
    return await scanCopy(path);
  } catch {
    // No copy, or none that can be read: all is fetched again.
    return { scanner: new LogScanner(), end: 0 };
  }
};

const NEWLINE = 0x0a;

/** Undefined where there is none. */
const lastLineOf = async (spool: Spool): Promise<string | undefined> => {
  const end = spool.size - 1;
  if (end < 0) return undefined;
  for (let want = 4096; ; want *= 8) {
    const start = Math.max(0, end - want);
    const bytes = Buffer.from(await spool.readBytes(start, end));
    const newline = bytes.lastIndexOf(NEWLINE);
    if (newline >= 0 || start === 0) return bytes.toString("utf8", newline + 1);
  }
};

/** Throws a `UserError` when the copy can't be made. */
export const openSpool = async (options: SpoolOptions): Promise<RestoredSpool> => {
  const { scanner, end } = await readCopy(options.path);
  const spool = await Spool.open(options, end);
  return { spool, scanner, lastLine: await lastLineOf(spool) };
};
