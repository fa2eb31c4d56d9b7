import { inputText } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachMonitor } from "./support.ts";

export const unenforceableAudit: Rule = {
  id: "runglass/unenforceable-audit",
  severity: "info",
  title: "Where it cannot block, it only watches",
  why: "Where the kernel cannot enforce the policy (no root, no control groups, another system), the job goes on with everything allowed. That is said in the run and its summary, and is a choice to be made knowingly.",
  fix: "None: it is a choice, which this only makes visible.",
  wrong: "egress-policy: block\non-unenforceable: audit",
  right: "egress-policy: block",
  check: eachMonitor(({ step }, { workflow }) => {
    const value = inputText(workflow, step.inputs.get("on-unenforceable"));
    if (value?.value.trim() !== "audit") return undefined;
    return { ...value.span, message: "where block cannot be enforced, the job goes on with everything allowed" };
  }),
};
