import { addInput } from "../../model/inputEdits.ts";
import { inputText, truthOf } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, trimmedSpan } from "./support.ts";

export const storeNeedsApiKey: Rule = {
  id: "policy/store-needs-api-key",
  severity: "error",
  title: "The policy store needs an api-key",
  why: "Without a key the action cannot read the store, and goes on in audit mode with nothing but a warning.",
  fix: "The input `api-key`, from a secret that must exist. Not applied unasked.",
  wrong: "use-policy-store: true",
  right: "use-policy-store: true\napi-key: ${{ secrets.STEP_SECURITY_API_KEY }}",
  check: eachPolicy(({ step }, { workflow, text }) => {
    const input = step.inputs.get("use-policy-store");
    if (input === undefined || truthOf(workflow, input) !== true) return undefined;
    const given = step.inputs.get("api-key");
    if (given !== undefined && inputText(workflow, given)?.value.trim() !== "") return undefined;
    const message = "without an api-key the store cannot be read, and the step falls back to audit";
    const edit =
      given !== undefined ? undefined : addInput(workflow, step, ["api-key: ${{ secrets.STEP_SECURITY_API_KEY }}"]);
    const fixes = edit === undefined ? [] : [{ title: "Add the key, from a secret", edits: [edit], unsafe: true }];
    return { ...trimmedSpan(text, inputSpan(input)), message, fixes };
  }),
};
