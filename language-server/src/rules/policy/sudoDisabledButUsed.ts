import { inputText, truthOf } from "../../model/inputs.ts";
import { sudoStep } from "../../model/jobFacts.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, replaceValue, trimmedSpan } from "./support.ts";

export const sudoDisabledButUsed: Rule = {
  id: "policy/sudo-disabled-but-used",
  severity: "warning",
  title: "A step calls sudo, which is disabled",
  why: "The job fails at that step.",
  fix: "`false`. Not applied unasked: the step may do without sudo.",
  wrong: "disable-sudo: true … run: sudo apt-get install jq",
  right: "run: sudo apt-get install jq   (without disable-sudo)",
  check: eachPolicy(({ step, job }, { workflow, text }) => {
    const input = ["disable-sudo", "disable-sudo-and-containers"]
      .map((name) => step.inputs.get(name))
      .find((one) => one !== undefined && truthOf(workflow, one) === true);
    if (input === undefined || job === undefined || sudoStep(job) === undefined) return undefined;
    const value = inputText(workflow, input);
    const fixes =
      value === undefined ? [] : [{ title: "Leave sudo: false", edits: [replaceValue(value, "false")], unsafe: true }];
    const message = "a step of this job calls sudo, and fails without it";
    return { ...trimmedSpan(text, inputSpan(input)), message, fixes };
  }),
};
