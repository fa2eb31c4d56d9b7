// Whether a log is as it was written: each line an event, numbered on from the line before, and under a seal that fits.
import { createHash } from "node:crypto";
import { decodeLine } from "../../protocol/decode.ts";
import { LogVerifier, type Verification } from "../../report/logVerifier.ts";
import { readFully } from "./fileAccess.ts";
import type { OpenFile } from "./openLogFile.ts";
import { BadLineError, scanLog } from "./scanLog.ts";

/** A verifier of seals; `sought` is the hash of one that is looked for. */
export const logVerifier = (sought?: string): LogVerifier => new LogVerifier(() => createHash("sha256"), sought);

/** Ends the reading of a log that is known to be broken. */
class Broken extends Error {}

/** More than the first two lines of any log. */
const HEAD_BYTES = 1024 * 1024;

/** How our own serializer starts the first line of a log. */
const OURS = '{"v":1,"seq":1,"t":';

/**
 * Whether a file whose first line is no first event of a log is one all the same, with that line damaged, cut off or
 * missing: it begins as we write it, or one of its first two lines is an event.
 */
const beginsAsLog = async (file: OpenFile): Promise<boolean> => {
  const buffer = Buffer.alloc(Math.min(file.size, HEAD_BYTES));
  const got = await readFully(file.fd, buffer, 0);
  const text = buffer.toString("utf8", 0, got);
  return text.startsWith(OURS) || text.split("\n", 2).some((line) => decodeLine(line).ok);
};

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
    if (!(error instanceof BadLineError) || error.problem.newer) throw error;
    if (error.line === 1 && !(await beginsAsLog(file))) throw error;
    return verifier.broken(error.line, error.problem.reason);
  }
};
