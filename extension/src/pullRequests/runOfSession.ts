// Which run of this window is the log of a session: the one that says so itself. A log that lies can only pass for a session
// that its user has connected to or opened by hand.
import type { WorkflowRun } from "../github/model.ts";
import { repositoryKey } from "../github/names.ts";
import type { RunSession } from "../sessions/runSession.ts";

/** Where several are, the one that still grows, else the latest. */
export const runOfSession = (runs: readonly RunSession[], session: WorkflowRun): RunSession | undefined => {
  const own = runs.filter(({ summary: { job } }) => {
    if (job?.id !== String(session.id) || (job.attempt ?? 1) !== session.attempt) return false;
    return job.repository === undefined || job.repository.toLowerCase() === repositoryKey(session);
  });
  return own.find(({ state }) => state.kind === "live") ?? own.at(-1);
};
