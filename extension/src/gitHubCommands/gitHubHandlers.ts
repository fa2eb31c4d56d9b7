// The table of the commands that work with GitHub.
import { gitHubCommands } from "../ids.ts";
import type { GitHubCommand, GitHubContext } from "../pullRequests/gitHub.ts";
import { connectDirectly } from "./connectDirectly.ts";
import { addMonitorStep } from "./addMonitorStep.ts";
import { removeGitHubToken, setGitHubToken, signIn } from "./gitHubAccount.ts";
import { openOnGitHub, openPullRequest } from "./openOnGitHub.ts";
import { showRateLimit } from "./showRateLimit.ts";
import { unwatchPullRequest, watchPullRequest } from "./watchPullRequest.ts";
import { watchSession } from "./watchSession.ts";

type Handler = (gitHub: GitHubContext, argument: unknown) => unknown;

export const gitHubHandlers: { readonly [id in GitHubCommand]: Handler } = {
  [gitHubCommands.signIn]: (gitHub) => signIn(gitHub),
  [gitHubCommands.setGitHubToken]: (gitHub) => setGitHubToken(gitHub),
  [gitHubCommands.removeGitHubToken]: (gitHub) => removeGitHubToken(gitHub),
  [gitHubCommands.watchPullRequest]: watchPullRequest,
  [gitHubCommands.unwatchPullRequest]: unwatchPullRequest,
  [gitHubCommands.watchSession]: watchSession,
  [gitHubCommands.connectDirectly]: connectDirectly,
  [gitHubCommands.openPullRequest]: openPullRequest,
  [gitHubCommands.openOnGitHub]: openOnGitHub,
  [gitHubCommands.refreshSessions]: ({ pullRequests }) => pullRequests.refresh(),
  [gitHubCommands.showRateLimit]: showRateLimit,
  [gitHubCommands.addMonitorStep]: (_gitHub, argument) => addMonitorStep(argument),
};
