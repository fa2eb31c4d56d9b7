import { truthOf } from "../../model/inputs.ts";
import { usesContainers } from "../../model/jobFacts.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, keySpan, trimmedSpan } from "./support.ts";

export const containersDisabledButUsed: Rule = {
  id: "policy/containers-disabled-but-used",
  severity: "error",
  title: "The job uses containers, which are disabled",
  why: "disable-sudo-and-containers removes Docker from the runner: services, container actions and docker commands fail.",
  fix: "`disable-sudo` in its place. Not applied unasked.",
  wrong: "disable-sudo-and-containers: true … run: docker build .",
  right: "disable-sudo: true",
  check: eachPolicy(({ step, job }, { workflow, text }) => {
    const input = step.inputs.get("disable-sudo-and-containers");
    if (input === undefined || truthOf(workflow, input) !== true) return undefined;
    if (job === undefined || !usesContainers(workflow, job)) return undefined;
    const free = !step.inputs.has("disable-sudo");
    const fix = { title: "Disable sudo only", edits: [replaceSpan(keySpan(input), "disable-sudo")], unsafe: true };
    return {
      ...trimmedSpan(text, inputSpan(input)),
      message: "this removes Docker, and the job uses it",
      fixes: free ? [fix] : [],
    };
  }),
};
