// Which session a command is called for.
import { window } from "vscode";
import type { GitHubContext } from "../pullRequests/gitHub.ts";
import { sessionKey, type SessionEntry } from "../pullRequests/watched.ts";
import { sessionDescription, sessionIcon, sessionLabel } from "../views/sessionText.ts";

/** The session of a row of ours, as it is known now. */
export const sessionOfArgument = ({ pullRequests }: GitHubContext, argument: unknown): SessionEntry | undefined => {
  const { session } = (typeof argument === "object" && argument !== null ? argument : {}) as {
    readonly session?: unknown;
  };
  const { run } = (typeof session === "object" && session !== null ? session : {}) as Partial<SessionEntry>;
  if (run === undefined) return undefined;
  const sessions = pullRequests.watched.pulls.flatMap((entry) => entry.sessions);
  return sessions.find((known) => known.run === run || sessionKey(known.run) === sessionKey(run));
};

/** Asks only where several are, under the command's title; live ones stand first. */
export const chooseSession = async (
  sessions: readonly SessionEntry[],
  title: string,
): Promise<SessionEntry | undefined> => {
  if (sessions.length < 2) return sessions[0];
  const items = sessions.map((session) => ({
    label: `$(${sessionIcon(session)}) ${sessionLabel(session, Date.now())}`,
    description: sessionDescription(session, undefined, Date.now()).replaceAll("$(", "$ ("),
    session,
  }));
  return (await window.showQuickPick(items, { title, placeHolder: "Which session?" }))?.session;
};
