// Every failure that a user sees is made here: what happened, where, and what to do. Anything else that goes wrong is a
// defect, and goes to the log with one generic message. This file knows neither VS Code nor Node.

/** What a person needs to get on. Both texts are whole sentences without line breaks. */
export interface Failure {
  /** Stable name, for the log and for tests. */
  readonly code: string;
  readonly reason: string;
  readonly action: string;
  /** Whether waiting and trying again can help without the user. */
  readonly retry: boolean;
}

/** Carries a `Failure` through code that throws. */
export class UserError extends Error {
  /** Also what another bundle has thrown, which has a copy of this class of its own. */
  static override [Symbol.hasInstance](value: unknown): value is UserError {
    if (typeof value !== "object" || value === null) return false;
    const { name, failure } = value as { readonly name?: unknown; readonly failure?: unknown };
    return name === "UserError" && typeof failure === "object" && failure !== null;
  }

  readonly failure: Failure;
  constructor(failure: Failure) {
    super(`${failure.reason} ${failure.action}`);
    this.name = "UserError";
    this.failure = failure;
  }
}

const final = (code: string, reason: string, action: string): Failure => ({ code, reason, action, retry: false });
const passing = (code: string, reason: string, action: string): Failure => ({ code, reason, action, retry: true });

export const wrongToken = (origin: string): Failure =>
  final(
    "wrongToken",
    `The collector at ${origin} refuses the token.`,
    "Enter the token that the collector wrote to its token file; it is a new one after each start without --token-file.",
  );

export const signInAsked = (origin: string): Failure =>
  final(
    "signInAsked",
    `${origin} asks for a sign-in, and the answer is not a Runglass collector's.`,
    "If a tunnel or proxy stands in front of the collector, let it pass requests without its own sign-in.",
  );

export const notACollector = (origin: string, saw: string): Failure =>
  final(
    "notACollector",
    `${origin} answers, but not as a Runglass collector (${saw}).`,
    "Check the address: `runglass record --listen` prints it as “listening on …”.",
  );

export const wrongHost = (origin: string): Failure =>
  final(
    "wrongHost",
    `The collector does not take requests for the name in ${origin}.`,
    "Connect by the address it printed, or let the tunnel pass 127.0.0.1 as the Host header.",
  );

export const redirected = (origin: string, to: string): Failure =>
  final(
    "redirected",
    `${origin} sends the connection on to ${to}, which is not followed, so that the token stays with the address you gave.`,
    "Connect to the collector's own address.",
  );

export const tlsRefused = (origin: string, detail: string): Failure =>
  final(
    "tlsRefused",
    `No trusted TLS connection to ${origin} (${detail}).`,
    "Use a certificate that this machine trusts, or reach the collector through `ssh -L` and http://127.0.0.1:PORT.",
  );

export const unreachable = (origin: string, detail: string): Failure =>
  passing(
    "unreachable",
    `${origin} can't be reached (${detail}).`,
    "Check that the collector runs with --listen and that the tunnel to it is up.",
  );

export const silent = (origin: string, seconds: number): Failure =>
  passing(
    "silent",
    `Nothing came from ${origin} for ${seconds} s, not even a keep-alive.`,
    "Check the network or the tunnel to the collector.",
  );

export const closedByServer = (origin: string): Failure =>
  passing(
    "closedByServer",
    `${origin} closed the connection before the run had ended.`,
    "If the collector was stopped, open its run log instead.",
  );

export const serverFailed = (origin: string, status: number, detail: string): Failure =>
  passing(
    "serverFailed",
    `${origin} answers ${status}${detail === "" ? "" : ` (${detail})`}.`,
    "If it stays so, look at the collector's own output.",
  );

export const runGone = (origin: string, run: string): Failure =>
  final(
    "runGone",
    `The collector at ${origin} no longer has the run ${run}.`,
    "It was probably started anew: connect again to see its present run. What was received so far can still be saved.",
  );

export const runChanged = (origin: string, run: string): Failure =>
  final(
    "runChanged",
    `The collector at ${origin} has another run under the name ${run} now.`,
    "Connect again to see it. What was received of this one can still be saved.",
  );

export const noRuns = (origin: string): Failure =>
  final(
    "noRuns",
    `The collector at ${origin} has no run yet.`,
    "Start one with `runglass record`, then connect again.",
  );

/** `served`: ids of the runs that it has, the runner's text. */
export const otherRun = (origin: string, wanted: string, served: string): Failure =>
  final(
    "otherRun",
    `The collector at ${origin} watches another run (${served}), not run ${wanted}.`,
    "Check the address: it must be that of the runner which this session's job is on.",
  );

export const newerVersion = (where: string, version: string): Failure =>
  final(
    "newerVersion",
    `${where} has version ${version} of the run log, and this Runglass reads version 1.`,
    "Update the Runglass extension.",
  );

export const gapInStream = (origin: string, expected: number, got: string): Failure =>
  final(
    "gapInStream",
    `The collector at ${origin} sent event ${got} where event ${expected} had to follow, also after a second try.`,
    "What came before is shown and is complete. Fetch the collector's log file to see the rest.",
  );

export const badEvent = (origin: string, seq: number, reason: string): Failure =>
  final(
    "badEvent",
    `The collector at ${origin} sent something as event ${seq} that can't be read: ${reason}.`,
    "What came before is shown. Check that extension and collector are of the same version.",
  );

export const eventTooLong = (origin: string, megabytes: number): Failure =>
  final(
    "eventTooLong",
    `The collector at ${origin} sent an event without an end, or one of more than ${megabytes} MB.`,
    "What came before is shown. Check that extension and collector are of the same version.",
  );

export const copyFull = (megabytes: number): Failure =>
  final(
    "copyFull",
    `The local copy of this run has reached its limit of ${megabytes} MB; following has stopped.`,
    "Raise the setting runglass.liveCopy.maxSizeMB and reconnect, or open the collector's log file.",
  );

export const copyNotWritten = (detail: string): Failure =>
  final(
    "copyNotWritten",
    `The local copy of this run can't be written (${detail}); following has stopped.`,
    "Free space on the disk that holds VS Code's data, then reconnect: nothing is lost, the collector has it all.",
  );

export const logNotReadable = (name: string, detail: string): Failure =>
  final("logNotReadable", `${name} can't be read (${detail}).`, "Check that the file exists and that you may read it.");

export const notALog = (name: string, reason: string): Failure =>
  final("notALog", `${name} is not a Runglass run log: ${reason}.`, "Reopen it as text.");

/** `how`: `a zip archive`, … */
export const logPacked = (name: string, how: string): Failure =>
  final("logPacked", `${name} is ${how}, not a run log itself.`, "Unpack it, and open the .ndjson file that is in it.");

export const logDamaged = (name: string, what: string): Failure =>
  final(
    "logDamaged",
    `${name} is damaged: ${what}. All that can be read is shown.`,
    "Check it with `runglass verify`, and fetch it again from where it was written.",
  );

export const logReplaced = (name: string): Failure =>
  final("logReplaced", `${name} was replaced or cut while it was open.`, "Close it and open it again.");

export const disconnected = (origin: string): Failure =>
  final(
    "disconnected",
    `Disconnected from ${origin} at your wish.`,
    "Reconnect goes on from the last event without a gap; what came so far can be saved.",
  );

export const fromBefore = (origin: string): Failure =>
  final(
    "fromBefore",
    `This run of ${origin} was left when the window was closed.`,
    "Reconnect goes on from the last event without a gap; what came so far can be saved.",
  );

export const noToken = (origin: string): Failure =>
  final("noToken", `No token is stored for ${origin}.`, "Choose Reconnect and enter the collector's token.");

export const connectFileRefused = (path: string, reason: string): Failure =>
  final(
    "connectFileRefused",
    `The connection file ${path} (RUNGLASS_CONNECT) ${reason}.`,
    'It must be a file that only you can read (mode 0600) with {"url": "…", "token": "…"}.',
  );

export const linkRefused = (reason: string): Failure =>
  final(
    "linkRefused",
    `This Runglass link can't be used: ${reason}.`,
    "Connect with Runglass: Connect to Collector… instead.",
  );

export const exportNotWritten = (name: string, detail: string): Failure =>
  final(
    "exportNotWritten",
    `The run could not be written to ${name} (${detail}).`,
    "Choose another folder, or free space there, and try again; nothing was changed.",
  );

export const exportOntoLog = (name: string): Failure =>
  final(
    "exportOntoLog",
    `${name} is the run's own log, which would be written over.`,
    "Choose another name; nothing was changed.",
  );

export const exportEmpty = (title: string): Failure =>
  final("exportEmpty", `Nothing of the run “${title}” has come yet.`, "Export it when its first events are shown.");

export const gitFailed = (folder: string): Failure =>
  passing("gitFailed", `Git could not tell what has changed in ${folder}.`, "The log says why; try again in a minute.");
