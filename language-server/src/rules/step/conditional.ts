import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan, type Step } from "../../model/workflow.ts";
import { eachPolicy, inputSpan, removeInput, trimmedSpan } from "../policy/support.ts";
import type { TextEdit } from "../../yaml/span.ts";
import type { Rule } from "../rule.ts";

/** Takes the key behind the dash away, so that the next one comes there. */
const removeFirst = ({ node }: Step): TextEdit | undefined => {
  const [first, next] = node.items;
  if (next === undefined || node.flow === true) return undefined;
  return replaceSpan({ start: nodeSpan(first?.key).start, end: nodeSpan(next.key).start }, "");
};

export const conditional: Rule = {
  id: "step/conditional",
  severity: "warning",
  title: "A condition does not keep the agent from starting",
  why: "The agent starts in the action's pre hook, which the step's `if` does not stop. 91 real steps have one.",
  fix: "The condition is removed. Not applied unasked.",
  wrong: "if: github.event_name == 'push'\nuses: step-security/harden-runner@…",
  right: "uses: step-security/harden-runner@…",
  check: eachPolicy(({ step }, { workflow, text }) => {
    const { condition } = step;
    if (condition === undefined) return undefined;
    const isFirst = step.node.items[0]?.key === condition.key;
    const edit = isFirst ? removeFirst(step) : removeInput(workflow, condition);
    const fixes = edit === undefined ? [] : [{ title: "Remove the condition", edits: [edit], unsafe: true }];
    const { start } = nodeSpan(condition.key);
    return {
      ...trimmedSpan(text, { ...inputSpan(condition), start }),
      message: "the agent starts in the pre hook, whatever this says",
      fixes,
    };
  }),
};
