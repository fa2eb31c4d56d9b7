// Connect Directly to Its Collector…: for a session on a runner that can be reached (self-hosted, in a cluster, this machine).
// Where that does not work, the session is followed by what its job uploads, and the reason is said.
import { window } from "vscode";
import { authorise } from "../commands/connect.ts";
import { askAddress } from "../commands/askToConnect.ts";
import { openMonitor } from "../commands/openMonitor.ts";
import { otherRun, UserError, type Failure } from "../errors.ts";
import type { HostedRun } from "../hosted/hostedRun.ts";
import { logFailure } from "../log.ts";
import { isLive } from "../pullRequests/agentRuns.ts";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { offeredOfSession, runOfSession } from "../pullRequests/runOfSession.ts";
import type { SessionEntry } from "../pullRequests/watched.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { Endpoint } from "../stream/endpoint.ts";
import { plainText } from "../views/plainText.ts";
import { collectorHint } from "./collectorHint.ts";
import { chooseSession, sessionOfArgument } from "./sessionOfArgument.ts";

const isHosted = (run: RunSession | undefined): run is HostedRun => run?.kind === "hosted";

const TITLE = "Connect Directly to Its Collector";
const TRY_AGAIN = "Connect Directly…";

/** Follows the session through GitHub, and says why it is not followed directly. Throws a `UserError`. */
export const followThroughGitHub = async (
  gitHub: GitHubContext,
  session: SessionEntry,
  { reason, action }: Failure,
): Promise<void> => {
  const client = await gitHub.account.client();
  await openMonitor(gitHub.context, await gitHub.follower.follow(session.run, client));
  const instead = "Until then the session is followed by what its job uploads to GitHub.";
  const chosen = await window.showWarningMessage(plainText(`${reason} ${action} ${instead}`, 800), TRY_AGAIN);
  if (chosen === TRY_AGAIN) await connectTo(gitHub, session);
};

const runName = ({ id, attempt = 1 }: { readonly id: string | number; readonly attempt?: number }): string =>
  attempt === 1 ? String(id) : `${id}, attempt ${attempt}`;

/** Nothing where the user gave up. Throws a `UserError` where the collector can't be reached, or is not the session's. */
const follow = async (gitHub: GitHubContext, { run: session }: SessionEntry, endpoint: Endpoint): Promise<void> => {
  const { context } = gitHub;
  const accepted = await authorise(context, endpoint, undefined);
  if (accepted === undefined) return;
  const offered = offeredOfSession(accepted.runs, session);
  if (offered === undefined) {
    const served = plainText(accepted.runs.map(runName).join("; "), 80);
    throw new UserError(otherRun(endpoint.origin, runName(session), served));
  }
  await context.tokens.keep(endpoint, accepted.token);
  const through = runOfSession(context.registry.runs, session);
  const run = await context.liveRuns.follow(endpoint, offered, accepted.token);
  // What comes directly need not be fetched from GitHub as well.
  if (isHosted(through)) through.disconnect();
  await openMonitor(context, run);
};

const connectTo = async (gitHub: GitHubContext, session: SessionEntry): Promise<void> => {
  const { context } = gitHub;
  await context.restored;
  const known = runOfSession(context.registry.runs, session.run);
  const endpoint = await askAddress(context.tokens.addresses, collectorHint(known?.summary));
  if (endpoint === undefined) return;
  try {
    await follow(gitHub, session, endpoint);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logFailure(context.log, "connect directly", error.failure);
    await followThroughGitHub(gitHub, session, error.failure);
  }
};

export const connectDirectly = async (gitHub: GitHubContext, argument: unknown): Promise<void> => {
  const sessions = gitHub.pullRequests.watched.pulls.flatMap((entry) => entry.sessions);
  const live = sessions.filter(({ run }) => isLive(run));
  const session = sessionOfArgument(gitHub, argument) ?? (await chooseSession(live, TITLE));
  if (session !== undefined) await connectTo(gitHub, session);
  else if (live.length === 0) void window.showInformationMessage("No session goes on that could be connected to.");
};
