import { inputText } from "../../model/inputs.ts";
import { expressionsIn } from "../../yaml/expressions.ts";
import type { Finding, Rule } from "../rule.ts";
import { knownListFix } from "./emptyList.ts";
import { variableFix } from "./support.ts";

export const lateExpression: Rule = {
  id: "policy/late-expression",
  severity: "error",
  title: "The value is not known yet when the step begins",
  why: "The action works before the job's first step, in its pre hook: outputs of steps are empty there, and so is what earlier steps write into the environment.",
  fix: "A variable of the repository (`vars.`), which is known before the first step and must be set in its settings; or the list that recorded runs needed. Not applied unasked.",
  wrong: "allowed-endpoints: ${{ steps.list.outputs.hosts }}",
  right: "allowed-endpoints: ${{ vars.HOSTS }}",
  *check({ policies, workflow, text, observed }): Iterable<Finding> {
    for (const policy of policies) {
      const { step, job } = policy;
      const ofRuns = knownListFix({ workflow, observed }, policy);
      for (const [inputName, input] of step.inputs) {
        const value = inputText(workflow, input);
        if (value === undefined) continue;
        const raw = text.slice(value.body.start, value.body.end);
        for (const { text: expression, index } of expressionsIn(raw)) {
          const start = value.body.start + index;
          const span = { start, end: start + expression.length };
          const fixes = [...(inputName === "allowed-endpoints" ? ofRuns : []), ...variableFix(span, expression)];
          if (/(?<![\w.-])steps\s*[.[]/.test(expression)) {
            yield { ...span, message: "the action reads its inputs before any step has run: this is empty", fixes };
            continue;
          }
          const unknown = [...expression.matchAll(/(?<![\w.-])env(?:\.([\w-]+)|\[\s*'([^']+)'\s*\])/g)]
            .map(([, dotted, quoted]) => dotted ?? quoted ?? "")
            .find((name) => !(job?.env.has(name) ?? false) && !workflow.env.has(name));
          if (unknown !== undefined) {
            const message = `neither the workflow nor the job sets ${unknown}: an earlier step that does comes too late`;
            yield { ...span, severity: "info", message, fixes };
          }
        }
      }
    }
  },
};
