import type { Finding, Rule } from "../rule.ts";
import { allowFix, eachObserved, listSpan } from "./support.ts";

export const blockedCall: Rule = {
  id: "observed/blocked-call",
  severity: "error",
  title: "The newest run was cut off from this endpoint",
  why: "A connection that the policy has blocked: either the job needs it, or something in it should not have tried.",
  fix: "The endpoint is added to the list, which the step gets where it has none. Not applied unasked: it may be right that it is blocked.",
  wrong: "a run whose connection was blocked",
  right: "the endpoint in the list, or what tried it out of the job",
  check: eachObserved(function* ({ policy, runs }, { workflow }): Iterable<Finding> {
    const newest = runs.at(-1);
    const span = listSpan(workflow, policy);
    if (newest === undefined || span === undefined) return;
    for (const endpoint of [...newest.blocked].sort()) {
      const fixes = allowFix(workflow, policy, endpoint);
      yield { ...span, message: `the newest run was cut off from ${endpoint}`, fixes };
    }
  }),
};
