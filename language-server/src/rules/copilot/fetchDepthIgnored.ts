import type { Finding, Rule } from "../rule.ts";
import { inputSpan, removeInput, trimmedSpan } from "../policy/support.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

export const fetchDepthIgnored: Rule = {
  id: "copilot/fetch-depth-ignored",
  severity: "hint",
  title: "Copilot sets fetch-depth by itself",
  why: "Whatever the checkout of this file says, Copilot fetches what it needs.",
  fix: "The input is removed. Not applied unasked.",
  wrong: "uses: actions/checkout@v5\nwith:\n  fetch-depth: 0",
  right: "uses: actions/checkout@v5",
  *check({ workflow, text }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const job of setupJobs(workflow)) {
      for (const step of job.steps) {
        const input = step.inputs.get("fetch-depth");
        if (input === undefined || !/^actions\/checkout(?:@|$)/i.test(step.uses?.value.trim() ?? "")) continue;
        // The only input would leave a `with` without anything.
        const given = workflow.nodes.entry(step.node, "with");
        const edit = step.inputs.size > 1 ? removeInput(workflow, input) : given && removeInput(workflow, given);
        const fixes = edit === undefined ? [] : [{ title: "Remove it", edits: [edit], unsafe: true }];
        yield { ...trimmedSpan(text, inputSpan(input)), message: "Copilot overrides this", fixes };
      }
    }
  },
};
