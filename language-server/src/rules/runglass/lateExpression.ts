import { inputText } from "../../model/inputs.ts";
import { expressionsIn } from "../../yaml/expressions.ts";
import { variableFix } from "../policy/support.ts";
import type { Finding, Rule } from "../rule.ts";

export const lateExpression: Rule = {
  id: "runglass/late-expression",
  severity: "error",
  title: "The value is not known yet when Runglass starts",
  why: "Runglass starts in its pre hook, before the job's first step, so that nothing goes unseen. Outputs of steps are empty by then.",
  fix: "A variable of the repository (`vars.`), which is known before the first step and must be set in its settings. Not applied unasked.",
  wrong: "allowed-endpoints: ${{ steps.list.outputs.hosts }}",
  right: "allowed-endpoints: ${{ vars.HOSTS }}",
  *check({ monitors, workflow, text }): Iterable<Finding> {
    for (const { step } of monitors) {
      for (const input of step.inputs.values()) {
        const value = inputText(workflow, input);
        if (value === undefined) continue;
        for (const { text: found, index } of expressionsIn(text.slice(value.body.start, value.body.end))) {
          if (!/(?<![\w.-])steps\s*[.[]/.test(found)) continue;
          const start = value.body.start + index;
          const span = { start, end: start + found.length };
          const message = "Runglass starts before any step has run: this is empty";
          yield { ...span, message, fixes: variableFix(span, found) };
        }
      }
    }
  },
};
