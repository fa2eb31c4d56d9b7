// Which run of this window is the log of a session: the one that says so itself. A log that lies can only pass for a session
// that its user has connected to or opened by hand.
import type { WorkflowRun } from "../github/model.ts";
import { repositoryKey } from "../github/names.ts";
import type { RunSession } from "../sessions/runSession.ts";
import type { OfferedRun } from "../stream/collectorApi.ts";

/** Of the runs that a collector offers: another attempt has the same id. */
export const offeredOfSession = (runs: readonly OfferedRun[], session: WorkflowRun): OfferedRun | undefined =>
  runs.find(({ id, attempt = session.attempt }) => id === String(session.id) && attempt === session.attempt);

/**
 * Where several are, the one that still grows, else the latest; one from the collector itself before what its job uploads to
 * GitHub.
 */
export const runOfSession = (runs: readonly RunSession[], session: WorkflowRun): RunSession | undefined => {
  const own = runs.filter(({ summary: { job } }) => {
    if (job?.id !== String(session.id) || (job.attempt ?? 1) !== session.attempt) return false;
    return job.repository === undefined || job.repository.toLowerCase() === repositoryKey(session);
  });
  const growing = own.filter(({ state }) => state.kind === "live");
  return growing.find(({ kind }) => kind !== "hosted") ?? growing[0] ?? own.at(-1);
};
