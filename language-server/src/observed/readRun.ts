import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { RunReader, type ObservedRun } from "./observedRun.ts";

/** Longer lines are no events. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** Reads a run log. Rejects where the file cannot be read; broken lines in it are passed over. */
export const readRun = async (path: string): Promise<ObservedRun> => {
  const stream = createReadStream(path, { encoding: "utf8" });
  const reader = new RunReader();
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line.length <= LONGEST_LINE) reader.line(line);
  }
  return reader.finish();
};
