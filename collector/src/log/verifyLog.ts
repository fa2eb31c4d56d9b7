// Whether a log is as it was written: each line an event, numbered on from the line before, and under a seal that fits.
import { createHash } from "node:crypto";
import { LogVerifier, type Verification } from "../../report/logVerifier.ts";
import type { OpenFile } from "./openLogFile.ts";
import { BadLineError, scanLog } from "./scanLog.ts";

/** A verifier of seals; `sought` is the hash of one that is looked for. */
export const logVerifier = (sought?: string): LogVerifier => new LogVerifier(() => createHash("sha256"), sought);

/** Ends the reading of a log that is known to be broken. */
class Broken extends Error {}

/**
 * Reads the log once, in bounded memory, up to the first line that is wrong. Throws a `UserError` where it is no run log at
 * all, of a newer version, or cannot be read.
 */
export const verifyLog = async (file: OpenFile, sought?: string): Promise<Verification> => {
  const verifier = logVerifier(sought);
  try {
    const scanned = await scanLog(file, {
      onLine: (event, bytes) => {
        if (!verifier.take(event, bytes)) throw new Broken();
      },
    });
    return verifier.finish(scanned);
  } catch (error) {
    if (error instanceof Broken) return verifier.broken(0, "");
    // Damage of the first line is not told from a file that never was a log.
    if (!(error instanceof BadLineError) || error.line === 1 || error.problem.newer) throw error;
    return verifier.broken(error.line, error.problem.reason);
  }
};
