// Connecting: from the command, from a link, and from a start script's file. All three end in the same few lines.
import { commands as vscodeCommands, window, type Uri } from "vscode";
import type { ConnectFile } from "../connect/connectFile.ts";
import { parseConnectLink } from "../connect/link.ts";
import type { Context } from "../context.ts";
import { UserError } from "../errors.ts";
import { views } from "../ids.ts";
import type { LiveRun } from "../sessions/liveRun.ts";
import { listRuns, type OfferedRun } from "../stream/collectorApi.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import { needsToken } from "../stream/liveStream.ts";
import { askAddress, askRun, askToken } from "./askToConnect.ts";
import { openMonitor } from "./openMonitor.ts";
import { showError, showFailure } from "./showFailure.ts";

const TRY_AGAIN = "Try Again";

const listWithProgress = (endpoint: Endpoint, token: string): Thenable<readonly OfferedRun[]> =>
  window.withProgress({ location: { viewId: views.runs }, title: `Connecting to ${endpoint.origin}` }, () =>
    listRuns(endpoint, token),
  );

interface Accepted {
  readonly token: string;
  readonly runs: readonly OfferedRun[];
}

/**
 * Tries the token, and asks for another as long as the collector refuses it; undefined when the user gave up. Throws a
 * `UserError` for all that no other token mends.
 */
export const authorise = async (
  context: Context,
  endpoint: Endpoint,
  first: string | undefined,
): Promise<Accepted | undefined> => {
  const { origin } = endpoint;
  let token = first ?? (await context.tokens.get(origin)) ?? (await askToken(origin, false));
  while (token !== undefined) {
    try {
      return { token, runs: await listWithProgress(endpoint, token) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!needsToken(error.failure)) throw error;
      token = await askToken(origin, true);
    }
  }
  return undefined;
};

/** The same, again as often as the user wants. */
const authoriseOrGiveUp = async (
  context: Context,
  endpoint: Endpoint,
  first: string | undefined,
): Promise<Accepted | undefined> => {
  for (;;) {
    try {
      return await authorise(context, endpoint, first);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if ((await showFailure(context.log, "connect", error.failure, TRY_AGAIN)) !== TRY_AGAIN) return undefined;
    }
  }
};

const connectTo = async (
  context: Context,
  endpoint: Endpoint,
  token: string | undefined,
): Promise<LiveRun | undefined> => {
  await context.restored;
  const accepted = await authoriseOrGiveUp(context, endpoint, token);
  if (accepted === undefined) return undefined;
  await context.tokens.keep(endpoint, accepted.token);
  const chosen = await askRun(accepted.runs);
  if (chosen === undefined) return undefined;
  const run = await context.liveRuns.follow(endpoint, chosen, accepted.token);
  await openMonitor(context, run);
  return run;
};

/** The command: asks for all that is needed. */
export const connect = async (context: Context): Promise<void> => {
  const endpoint = await askAddress(context.tokens.addresses);
  if (endpoint !== undefined) await connectTo(context, endpoint, undefined);
};

/** Follows a run again: at once, and with a new token where the old one is refused or missing; or what its collector has instead. */
export const reconnect = async (context: Context, run: LiveRun): Promise<void> => {
  if (run.state.kind === "lost") {
    run.retryNow();
    return;
  }
  const code = run.failure?.code;
  if (code === "runChanged" || code === "runGone") {
    // This run can't go on; the collector has another one.
    await connectTo(context, run.endpoint, undefined);
    return;
  }
  if (code !== "wrongToken" && code !== "noToken") {
    run.connect();
    return;
  }
  const token = await askToken(run.origin, code === "wrongToken");
  if (token === undefined) return;
  await context.tokens.keep(run.endpoint, token);
  run.connect(token);
};

/** A vscode:// link: asks before anything is contacted, as anyone can make a link. */
export const connectByLink = async (context: Context, uri: Uri): Promise<void> => {
  try {
    const { endpoint, token } = parseConnectLink(uri.path, uri.query);
    const yes = "Connect";
    const chosen = await window.showInformationMessage(
      `Connect Runglass to ${endpoint.origin}?`,
      {
        modal: true,
        detail:
          "A link asks for this. Go on only if it comes from someone you trust: the monitor will show what that collector sends." +
          (token === undefined ? "" : " The token in the link will be kept in VS Code's secret storage."),
      },
      yes,
    );
    if (chosen !== yes) return;
    await connectTo(context, endpoint, token);
    await vscodeCommands.executeCommand(`${views.runs}.focus`);
  } catch (error) {
    await showError(context.log, "connect by link", error);
  }
};

/** RUNGLASS_CONNECT: the user has already agreed by starting the script; its token is in the file and is kept nowhere else. */
export const connectByFile = async (context: Context, file: Promise<ConnectFile>): Promise<void> => {
  try {
    const { endpoint, token, title, gitHub } = await file;
    await context.restored;
    const runs = await listWithProgress(endpoint, token);
    const newest = runs.at(-1);
    if (newest === undefined) return;
    // After a reload the run is here already, and its monitor stands where the user left it, if at all.
    const isNew = context.liveRuns.find(endpoint, newest) === undefined;
    const run = await context.liveRuns.follow(endpoint, title === undefined ? newest : { ...newest, title }, token);
    if (!isNew) return;
    // Its pull request is beside it.
    if (gitHub !== undefined) await vscodeCommands.executeCommand(`${views.sessions}.focus`);
    await openMonitor(context, run);
  } catch (error) {
    await showError(context.log, "connect by RUNGLASS_CONNECT", error);
  }
};
