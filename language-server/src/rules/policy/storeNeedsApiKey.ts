import { addInput } from "../../model/inputEdits.ts";
import { truthOf } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, trimmedSpan } from "./support.ts";

export const storeNeedsApiKey: Rule = {
  id: "policy/store-needs-api-key",
  severity: "error",
  title: "The policy store needs an api-key",
  why: "Without a key the action cannot read the store, and goes on in audit mode with nothing but a warning.",
  wrong: "use-policy-store: true",
  right: "use-policy-store: true\napi-key: ${{ secrets.STEP_SECURITY_API_KEY }}",
  check: eachPolicy(({ step }, { workflow, text }) => {
    const input = step.inputs.get("use-policy-store");
    if (input === undefined || truthOf(workflow, input) !== true || step.inputs.has("api-key")) return undefined;
    const message = "without an api-key the store cannot be read, and the step falls back to audit";
    const edit = addInput(workflow, step, ["api-key: ${{ secrets.STEP_SECURITY_API_KEY }}"]);
    const fixes = edit === undefined ? [] : [{ title: "Add the key, from a secret", edits: [edit], unsafe: true }];
    return { ...trimmedSpan(text, inputSpan(input)), message, fixes };
  }),
};
