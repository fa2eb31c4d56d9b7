import { inputText } from "../../model/inputs.ts";
import { nodeSpan } from "../../model/workflow.ts";
import { runsOf, seenIn } from "../../observed/jobRuns.ts";
import { listFixes } from "./emptyList.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy } from "./support.ts";

export const blockEmptyList: Rule = {
  id: "policy/block-empty-list",
  severity: "warning",
  title: "It blocks, and nothing is allowed",
  why: "With block and no endpoints, nothing but the runner's own hosts is reached; the checkout behind it fails.",
  fix: "A list of what the recorded runs needed, or of what a checkout needs. Not applied unasked.",
  wrong: "egress-policy: block",
  right: "egress-policy: block\nallowed-endpoints: >\n  github.com:443",
  check: eachPolicy((policy, { workflow, observed }) => {
    const { mode, isImplicit, step, value } = policy;
    if (mode !== "block" || isImplicit) return undefined;
    const list = step.inputs.get("allowed-endpoints");
    // A list that is no scalar is told of by policy/wrong-node-type.
    if (list !== undefined && value === undefined && nodeSpan(list.value).end > nodeSpan(list.value).start)
      return undefined;
    if (value !== undefined && value.value.trim() !== "") return undefined;
    if (step.inputs.has("policy") || step.inputs.has("use-policy-store")) return undefined;
    const span = inputText(workflow, step.inputs.get("egress-policy"))?.span;
    if (span === undefined) return undefined;
    const runs = runsOf(observed, workflow, policy);
    const fixes = listFixes(workflow, step, ">", seenIn(runs));
    return { ...span, message: "this blocks everything but the runner's own hosts", fixes };
  }),
};
