// What the rules about recorded runs share.
import { seenIn, runsOf, type SeenEndpoint } from "../../observed/jobRuns.ts";
import type { ObservedRun } from "../../observed/observedRun.ts";
import { policyOfMonitor } from "../../model/monitorSteps.ts";
import type { Policy } from "../../model/policies.ts";
import type { FileContext, Finding } from "../rule.ts";

export interface ObservedPolicy {
  readonly policy: Policy;
  readonly runs: readonly ObservedRun[];
  readonly seen: readonly SeenEndpoint[];
}

/** The findings for each policy that there are runs of, and whose list is known. */
export const eachObserved = (
  find: (observed: ObservedPolicy, file: FileContext) => Iterable<Finding>,
): ((file: FileContext) => Iterable<Finding>) =>
  function* (file) {
    if (file.observed.length === 0) return;
    const own = file.monitors.flatMap((monitor) => policyOfMonitor(monitor, file.workflow) ?? []);
    for (const policy of [...file.policies, ...own]) {
      if (policy.isUnresolved) continue;
      const runs = runsOf(file.observed, file.workflow, policy);
      if (runs.length > 0) yield* find({ policy, runs, seen: seenIn(runs, policy.dialect) }, file);
    }
  };
