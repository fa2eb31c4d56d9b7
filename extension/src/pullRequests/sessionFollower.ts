// How a session is followed that no window is connected to: through what its job uploads to GitHub.
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { WorkflowRun } from "../github/model.ts";
import type { RunSession } from "../sessions/runSession.ts";

export interface SessionFollower {
  /** Gives the run that shows it; the same one where it is followed already. Throws a `UserError`. */
  follow(session: WorkflowRun, client: GitHubClient): Promise<RunSession>;
}
