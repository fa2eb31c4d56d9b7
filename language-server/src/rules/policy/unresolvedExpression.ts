import { policyOfMonitor } from "../../model/monitorSteps.ts";
import { followExpression } from "../../model/policies.ts";
import { inputText } from "../../model/inputs.ts";
import { expressionsIn } from "../../yaml/expressions.ts";
import type { Finding, Rule } from "../rule.ts";
import { knownListFix } from "./emptyList.ts";

export const unresolvedExpression: Rule = {
  id: "policy/unresolved-expression",
  severity: "info",
  title: "The list is not known here, and was not checked",
  why: "Values of matrix, of inputs' defaults and of env are followed (of a step of Runglass, where the list is one such value and nothing else); secrets, variables and everything else are known when the job runs.",
  fix: "The list that recorded runs needed, in the place of an expression that is all of the list. Not applied unasked. Without runs there is none: what the expression stands for is known nowhere in the file.",
  wrong: "allowed-endpoints: ${{ secrets.HOSTS }}",
  right: "allowed-endpoints: >\n  github.com:443",
  *check({ policies, monitors, workflow, text, observed }): Iterable<Finding> {
    const own = monitors.flatMap((monitor) => policyOfMonitor(monitor, workflow) ?? []);
    for (const policy of [...policies, ...own.filter(({ isUnresolved }) => isUnresolved)]) {
      const { step, job } = policy;
      const isOwn = !policies.includes(policy);
      const value = inputText(workflow, step.inputs.get("allowed-endpoints"));
      if (value === undefined) continue;
      const fixes = knownListFix({ workflow, observed }, policy);
      const raw = text.slice(value.body.start, value.body.end);
      for (const { text: expression, index } of expressionsIn(raw)) {
        // What steps and env give is told of by policy/late-expression.
        if (/(?<![\w.-])steps\s*[.[]/.test(expression)) continue;
        const before = raw[index - 1] ?? " ";
        const behind = raw[index + expression.length] ?? " ";
        const isWord = /\s/.test(before) && /\s/.test(behind);
        if (!isOwn && isWord && followExpression(workflow, job, expression) !== undefined) continue;
        const start = value.body.start + index;
        const message = "what this stands for is not known here: not checked";
        yield { start, end: start + expression.length, message, fixes };
      }
    }
  },
};
