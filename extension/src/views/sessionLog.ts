// What a session's run log says, for the Sessions view.
import type { RunSession } from "../sessions/runSession.ts";
import { findingCount } from "../sessions/runSummary.ts";
import { stateWord, type RunFacts } from "./runText.ts";
import type { SessionLog } from "./sessionText.ts";

type LoggedRun = RunFacts & Pick<RunSession, "isUnwatched">;

/** Nobody watched: nothing is known of a policy. */
const policyWord = ({ isUnwatched, summary: { armed, policyMode } }: LoggedRun): string => {
  if (isUnwatched === true) return "not monitored";
  if (armed !== undefined) return armed ? "policy enforced" : "policy not enforced";
  return policyMode === "audit" ? "policy audited" : policyMode === "none" ? "no policy" : "";
};

export const sessionLog = (run: LoggedRun): SessionLog => ({
  state: stateWord(run),
  policy: policyWord(run),
  // That nobody watched is a finding of its own there.
  findings: Math.max(0, findingCount(run.summary) - (run.isUnwatched === true ? 1 : 0)),
  note: run.state.kind === "lost" || run.state.kind === "failed" ? stateWord(run) : "",
});
