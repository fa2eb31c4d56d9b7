import { inputText } from "../../model/inputs.ts";
import { nodeSpan } from "../../model/workflow.ts";
import { runsOf, seenIn } from "../../observed/jobRuns.ts";
import { listFixes } from "../policy/emptyList.ts";
import type { Rule } from "../rule.ts";
import { eachMonitor } from "./support.ts";

export const blockEmptyList: Rule = {
  id: "runglass/block-empty-list",
  severity: "warning",
  title: "It blocks, and nothing is allowed",
  why: "With block and no endpoints nothing is reached but what is allowed without being listed: the machine itself, private networks, and the runner's own services. The checkout behind it fails.",
  fix: "A list of what the recorded runs needed, or of what a checkout needs. Not applied unasked.",
  wrong: "egress-policy: block",
  right: "egress-policy: block\nallowed-endpoints: |\n  github.com\n  api.github.com",
  check: eachMonitor((monitor, { workflow, observed }) => {
    const { mode, list, step } = monitor;
    const given = step.inputs.get("allowed-endpoints");
    const value = inputText(workflow, step.inputs.get("egress-policy"));
    if (mode !== "block" || value === undefined) return undefined;
    if (
      list === undefined
        ? given !== undefined && nodeSpan(given.value).end > nodeSpan(given.value).start
        : list.value.trim() !== ""
    )
      return undefined;
    const fixes = listFixes(workflow, step, "|", seenIn(runsOf(observed, workflow, monitor), monitor.dialect));
    return { ...value.span, message: "this blocks everything but the runner's own services", fixes };
  }),
};
