import { addToList } from "../../model/edits.ts";
import { inputText } from "../../model/inputs.ts";
import type { Finding, Fix, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { eachObserved } from "./support.ts";

export const blockedCall: Rule = {
  id: "observed/blocked-call",
  severity: "error",
  title: "The newest run was cut off from this endpoint",
  why: "A connection that the policy has blocked: either the job needs it, or something in it should not have tried.",
  wrong: "a run whose connection was blocked",
  right: "the endpoint in the list, or what tried it out of the job",
  check: eachObserved(function* ({ policy, runs }, { workflow, text }): Iterable<Finding> {
    const newest = runs.at(-1);
    const input = policy.step.inputs.get("allowed-endpoints");
    const mode = inputText(workflow, policy.step.inputs.get("egress-policy"));
    const span = input === undefined ? mode?.span : trimmedSpan(text, inputSpan(input));
    if (newest === undefined || span === undefined) return;
    const [list] = policy.lists;
    for (const endpoint of [...newest.blocked].sort()) {
      const edit = list === undefined ? undefined : addToList(text, list, endpoint);
      const fixes: Fix[] = edit === undefined ? [] : [{ title: `Allow ${endpoint}`, edits: [edit], unsafe: true }];
      yield { ...span, message: `the newest run was cut off from ${endpoint}`, fixes };
    }
  }),
};
