import { circumstances, evidenceFor, matcherOf } from "../../observed/jobRuns.ts";
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
    const allowed = matcherOf(policy.lists, policy.dialect);
    for (const one of newest.blocked.toSorted((a, b) => (a.text < b.text ? -1 : 1))) {
      const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(one.entry) ?? [];
      // The list has it by now.
      if (allowed.connection({ host, port: Number(port), protocol: "tcp" }) !== undefined) continue;
      const fixes = allowFix(workflow, policy, one.entry);
      const times = `${one.connections}×`;
      const message = `the newest run was cut off from ${one.text} (${times}${circumstances(one)})`;
      const { connections, last, programs, steps } = one;
      const evidence = evidenceFor(
        [{ text: one.text, host, port: Number(port), runs: 1, connections, last, programs, steps }],
        1,
      );
      yield { ...span, message, fixes, evidence };
    }
  }),
};
