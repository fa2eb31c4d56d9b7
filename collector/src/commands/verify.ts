// `runglass verify FILE`: whether a log is as it was written.
import { UserError } from "../errors.ts";
import { closeFd } from "../log/fileAccess.ts";
import { openLogFile } from "../log/openLogFile.ts";
import { verifyLog } from "../log/verifyLog.ts";
import { describeVerification } from "../../report/verificationText.ts";
import { parseOptions, type Command } from "../options.ts";
import { standardOutput } from "./standardOutput.ts";

const usage = `Usage: runglass verify FILE [--seal SHA256]

Checks that a run log is as it was written: that its events are numbered without a gap, and that its seals, a chain of
SHA-256 hashes over all its lines, fit. Says up to which line it holds, and which line breaks it.

  --seal SHA256       the log must also hold this seal, as was seen while it was written (in the event stream, or in the
                      output of an earlier verify): without it, nothing shows that the log was not made anew as a whole

Exit codes: 0 it holds from its first line to run.end; 1 it is cut off, broken, has no seals, or not that seal; 2 it
cannot be read, is no run log, or is of a newer version.`;

const run = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseOptions("verify", argv, { seal: { type: "string" } });
  const [path, ...more] = positionals;
  if (path === undefined) throw new UserError('verify: name the run log: see "runglass verify --help"', 2);
  if (more.length > 0) throw new UserError("verify: one log at a time: run it once for each", 2);
  const sought = values.seal?.toLowerCase();
  if (sought !== undefined && !/^[\da-f]{64}$/.test(sought)) {
    throw new UserError(`verify: --seal ${values.seal}: a seal is 64 hexadecimal digits: the field "sha256" of one`, 2);
  }
  const file = await openLogFile(path);
  try {
    const verification = await verifyLog(file, sought);
    const output = standardOutput();
    const missing = sought !== undefined && verification.soughtLine === undefined;
    output.write(`${path}: ${describeVerification(verification, sought)}\n`);
    await output.drained();
    return verification.verdict === "whole" && !missing ? 0 : 1;
  } finally {
    await closeFd(file.fd).catch(() => undefined);
  }
};

export const verify: Command = { name: "verify", summary: "says whether a run log is as it was written", usage, run };
