import { truthOf } from "../../model/inputs.ts";
import { usesContainers } from "../../model/jobFacts.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, keySpan, trimmedSpan } from "./support.ts";

export const deprecatedDisableSudo: Rule = {
  id: "policy/deprecated-disable-sudo",
  severity: "hint",
  title: "disable-sudo alone can be undone",
  why: "Whoever may use Docker has root's rights again (CVE-2025-32955); the action's own documentation says that disable-sudo will go, in favour of disable-sudo-and-containers.",
  fix: "`disable-sudo-and-containers`, where no step of the job uses containers. Not applied unasked.",
  wrong: "disable-sudo: true",
  right: "disable-sudo-and-containers: true",
  check: eachPolicy(({ step, job }, { workflow, text }) => {
    const input = step.inputs.get("disable-sudo");
    if (input === undefined || truthOf(workflow, input) !== true || step.inputs.has("disable-sudo-and-containers"))
      return undefined;
    const fix = {
      title: "Use disable-sudo-and-containers",
      edits: [replaceSpan(keySpan(input), "disable-sudo-and-containers")],
      unsafe: true,
    };
    return {
      ...trimmedSpan(text, inputSpan(input)),
      message: "with Docker left, sudo can be had again",
      fixes: job !== undefined && !usesContainers(workflow, job) ? [fix] : [],
    };
  }),
};
