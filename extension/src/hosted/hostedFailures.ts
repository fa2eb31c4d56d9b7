// What can go wrong with a run that is followed through GitHub, each with the next step to take. In the manner of
// ../errors.ts.
import type { Failure } from "../errors.ts";

const final = (code: string, reason: string, action: string): Failure => ({ code, reason, action, retry: false });

const held = (line: number): string =>
  line === 0 ? "No line before it is under a seal." : `The seals hold up to line ${line}.`;

const KEPT = "What came until then is shown, and can be saved.";

export const lineBroken = (line: number, reason: string, sealedTo: number): Failure =>
  final(
    "lineBroken",
    `This run's log is not as it was written: line ${line}: ${reason}. ${held(sealedTo)}`,
    "What stands before that line is shown. Take no line behind the last seal for proof.",
  );

export const logRewritten = (line: number): Failure =>
  final(
    "logRewritten",
    `The sealed log differs from what was followed while the run went on, first in line ${line}: one of the two was altered.`,
    "What was followed is shown and can be saved. Remove the run and watch it again to see the sealed log.",
  );

export const archiveDamaged = (reason: string): Failure =>
  final(
    "archiveDamaged",
    `The archive that GitHub has of this log can't be read: ${reason}.`,
    "Try again; if it stays so, the job has uploaded something else under that name.",
  );

export const logExpired = (): Failure =>
  final(
    "logExpired",
    "GitHub no longer has the log of this run: its artifacts have expired or were deleted.",
    `${KEPT} Open a copy of the log that you have saved, or run the session again.`,
  );

export const endedWithoutLog = (conclusion: string | undefined): Failure =>
  final(
    "endedWithoutLog",
    conclusion === "cancelled"
      ? "The run was cancelled before its sealed log was uploaded."
      : "The run has ended and no sealed log was uploaded: the job or its last step was cut off.",
    `${KEPT} The job's own page on GitHub says how it ended.`,
  );

export const startedAnew = (attempt: number): Failure =>
  final(
    "startedAnew",
    `The run was started again as attempt ${attempt}: GitHub no longer gives what the attempt before has uploaded.`,
    `${KEPT} Attempt ${attempt} is followed as a run of its own.`,
  );

export const notFollowed = (): Failure =>
  final("notFollowed", "This run is no longer followed, at your wish.", "Reconnect goes on without a gap.");
