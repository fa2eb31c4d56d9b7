// Runs a command that works with GitHub; who is not signed in may do that first, and it goes on.
import { showFailure } from "../commands/showFailure.ts";
import { UserError } from "../errors.ts";
import { gitHubCommands } from "../ids.ts";
import type { GitHubCommand, GitHubContext } from "../pullRequests/gitHub.ts";
import { gitHubHandlers } from "./gitHubHandlers.ts";
import { openOnGitHub } from "./openOnGitHub.ts";
import type { GitHubFailure } from "../github/failures.ts";

const SIGN_IN = "Sign In to GitHub";
const AUTHORISE = "Open on GitHub";

/** Throws what the command throws. */
export const runGitHubCommand = async (
  gitHub: GitHubContext,
  command: GitHubCommand,
  argument: unknown,
): Promise<void> => {
  try {
    await gitHubHandlers[command](gitHub, argument);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const failure: GitHubFailure = error.failure;
    const { log } = gitHub.context;
    if (failure.link !== undefined) {
      const chosen = await showFailure(log, command, failure, AUTHORISE);
      if (chosen === AUTHORISE) await openOnGitHub(gitHub, failure.link);
    } else if (failure.code === "signedOut" && command !== gitHubCommands.signIn) {
      if ((await showFailure(log, command, failure, SIGN_IN)) !== SIGN_IN) return;
      await gitHubHandlers[gitHubCommands.signIn](gitHub, undefined);
      await gitHubHandlers[command](gitHub, argument);
    } else throw error;
  }
};
