// What a session's run log says, for the Sessions view.
import { findingCount } from "../sessions/runSummary.ts";
import { stateWord, type RunFacts } from "./runText.ts";
import type { SessionLog } from "./sessionText.ts";

export const sessionLog = (run: RunFacts): SessionLog => ({
  state: stateWord(run),
  armed: run.summary.armed,
  findings: findingCount(run.summary),
  note: run.state.kind === "lost" || run.state.kind === "failed" ? stateWord(run) : "",
});
