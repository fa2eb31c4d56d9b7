// Watch Session: the monitor of a session, beside what one works on. Where this window has its run already, that; else it is
// followed through GitHub.
import { window } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { isLive } from "../pullRequests/agentRuns.ts";
import { runOfSession } from "../pullRequests/runOfSession.ts";
import type { PullEntry, SessionEntry } from "../pullRequests/watched.ts";
import type { RunSession } from "../sessions/runSession.ts";
import { plainText } from "../views/plainText.ts";
import { openMonitor } from "../commands/openMonitor.ts";
import { followThroughGitHub } from "./connectDirectly.ts";
import { chooseSession, sessionOfArgument } from "./sessionOfArgument.ts";

const TITLE = "Watch Session";

/** The user has ended these connections, or has not begun them again. */
const wished: ReadonlySet<string> = new Set(["disconnected", "fromBefore"]);

/** The run of this window that is the session's log, else one that is followed from now on. */
const runOf = async (gitHub: GitHubContext, session: SessionEntry): Promise<RunSession> => {
  const known = runOfSession(gitHub.context.registry.runs, session.run);
  if (known !== undefined && known.kind !== "hosted") return known;
  return gitHub.follower.follow(session.run, await gitHub.account.client());
};

const open = async (gitHub: GitHubContext, session: SessionEntry): Promise<void> => {
  const run = await runOf(gitHub, session);
  const { kind, state, failure } = run;
  const isCutOff = kind === "live" && state.kind === "failed" && failure !== undefined && !wished.has(failure.code);
  if (isCutOff && isLive(session.run)) await followThroughGitHub(gitHub, session, failure);
  else await openMonitor(gitHub.context, run);
};

/** The run of a session's row; undefined for anything else. Throws a `UserError` where it can't be followed. */
export const runOfRow = async (gitHub: GitHubContext, argument: unknown): Promise<RunSession | undefined> => {
  const session = sessionOfArgument(gitHub, argument);
  return session === undefined ? undefined : runOf(gitHub, session);
};

/** Opens what goes on, else the latest. */
export const watchNewestSession = async (gitHub: GitHubContext, { pull, sessions }: PullEntry): Promise<void> => {
  const live = sessions.filter(({ run }) => isLive(run));
  const session = live.length > 1 ? await chooseSession(live, TITLE) : (live[0] ?? sessions[0]);
  if (session !== undefined) {
    await open(gitHub, session);
    return;
  }
  if (live.length > 1) return;
  void window.showInformationMessage(
    `“${plainText(pull.title, 80)}” has no session of Copilot's cloud agent yet. It is watched in the Sessions view.`,
  );
};

export const watchSession = async (gitHub: GitHubContext, argument: unknown): Promise<void> => {
  const sessions = gitHub.pullRequests.watched.pulls.flatMap((entry) => entry.sessions);
  if (argument === undefined && sessions.length === 0) {
    void window.showInformationMessage("There is no session to watch.");
    return;
  }
  const session = sessionOfArgument(gitHub, argument) ?? (await chooseSession(sessions, TITLE));
  if (session !== undefined) await open(gitHub, session);
};
