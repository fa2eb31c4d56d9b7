import { truthOf } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, removeInput, trimmedSpan } from "./support.ts";

export const telemetryInAudit: Rule = {
  id: "policy/telemetry-in-audit",
  severity: "warning",
  title: "Telemetry is disabled in audit mode",
  why: "The action documents that telemetry can be disabled with block only; in audit mode it is all that the step does.",
  fix: "The input is removed. Not applied unasked.",
  wrong: "egress-policy: audit\ndisable-telemetry: true",
  right: "egress-policy: audit",
  check: eachPolicy(({ step, mode }, { workflow, text }) => {
    const input = step.inputs.get("disable-telemetry");
    if (mode !== "audit" || input === undefined || truthOf(workflow, input) !== true) return undefined;
    const edit = removeInput(workflow, input);
    const fixes = edit === undefined ? [] : [{ title: "Remove it", edits: [edit], unsafe: true }];
    return { ...trimmedSpan(text, inputSpan(input)), message: "telemetry can be disabled with block only", fixes };
  }),
};
