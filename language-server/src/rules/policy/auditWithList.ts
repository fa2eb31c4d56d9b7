import { inputText } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, removeInput, replaceValue, trimmedSpan } from "./support.ts";

export const auditWithList: Rule = {
  id: "policy/audit-with-list",
  severity: "info",
  title: "The list has no effect while the mode is audit",
  why: "In audit mode nothing is blocked, whatever the list says. Nine real jobs have such a list, and look as if they were protected.",
  fix: "`block`, or the list is removed. Not applied unasked.",
  wrong: "egress-policy: audit\nallowed-endpoints: github.com:443",
  right: "egress-policy: block\nallowed-endpoints: github.com:443",
  check: eachPolicy(({ mode, step, value }, { text, workflow }) => {
    const input = step.inputs.get("allowed-endpoints");
    const modeValue = inputText(workflow, step.inputs.get("egress-policy"));
    if (mode !== "audit" || input === undefined || value === undefined || value.value.trim() === "") return undefined;
    const removal = removeInput(workflow, input);
    const fixes = [];
    if (modeValue !== undefined && !modeValue.value.includes("${{")) {
      fixes.push({ title: "Block by this list", edits: [replaceValue(modeValue, "block")], unsafe: true });
    }
    if (removal !== undefined) fixes.push({ title: "Remove the list", edits: [removal], unsafe: true });
    return { ...trimmedSpan(text, inputSpan(input)), message: "in audit mode this list has no effect", fixes };
  }),
};
