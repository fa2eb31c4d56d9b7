import { inputText } from "../../model/inputs.ts";
import { expressionsIn } from "../../yaml/expressions.ts";
import type { Finding, Rule } from "../rule.ts";

export const lateExpression: Rule = {
  id: "policy/late-expression",
  severity: "error",
  title: "The value is not known yet when the step begins",
  why: "The action works before the job's first step, in its pre hook: outputs of steps are empty there, and so is what earlier steps write into the environment.",
  wrong: "allowed-endpoints: ${{ steps.list.outputs.hosts }}",
  right: "allowed-endpoints: ${{ vars.HOSTS }}",
  *check({ policies, workflow, text }): Iterable<Finding> {
    for (const { step, job } of policies) {
      for (const input of step.inputs.values()) {
        const value = inputText(workflow, input);
        if (value === undefined) continue;
        const raw = text.slice(value.body.start, value.body.end);
        for (const { text: expression, index } of expressionsIn(raw)) {
          const start = value.body.start + index;
          const span = { start, end: start + expression.length };
          if (/(?<![\w.-])steps\s*[.[]/.test(expression)) {
            yield { ...span, message: "the action reads its inputs before any step has run: this is empty" };
            continue;
          }
          const unknown = [...expression.matchAll(/(?<![\w.-])env(?:\.([\w-]+)|\[\s*'([^']+)'\s*\])/g)]
            .map(([, dotted, quoted]) => dotted ?? quoted ?? "")
            .find((name) => !(job?.env.has(name) ?? false) && !workflow.env.has(name));
          if (unknown !== undefined) {
            const message = `neither the workflow nor the job sets ${unknown}: an earlier step that does comes too late`;
            yield { ...span, severity: "info", message };
          }
        }
      }
    }
  },
};
