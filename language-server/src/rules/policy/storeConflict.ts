import { inputText, truthOf } from "../../model/inputs.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, removeInput, trimmedSpan } from "./support.ts";

const OVERRIDDEN = [
  "egress-policy",
  "disable-telemetry",
  "disable-sudo",
  "disable-sudo-and-containers",
  "disable-file-monitoring",
];

export const storeConflict: Rule = {
  id: "policy/store-conflict",
  severity: "info",
  title: "The store's policy overrides this input",
  why: "What the store says wins over what the step says, but for a list of endpoints that is not empty.",
  fix: "The input is removed. Not applied unasked.",
  wrong: "policy: release\negress-policy: audit",
  right: "policy: release",
  *check({ policies, workflow, text }): Iterable<Finding> {
    for (const { step } of policies) {
      const named = (inputText(workflow, step.inputs.get("policy"))?.value.trim() ?? "") !== "";
      if (!named && truthOf(workflow, step.inputs.get("use-policy-store")) !== true) continue;
      for (const name of OVERRIDDEN) {
        const input = step.inputs.get(name);
        if (input === undefined) continue;
        const edit = removeInput(workflow, input);
        const fixes = edit === undefined ? [] : [{ title: "Remove it", edits: [edit], unsafe: true }];
        yield { ...trimmedSpan(text, inputSpan(input)), message: "the policy of the store overrides this", fixes };
      }
    }
  },
};
