import { removeStep } from "../../model/moveStep.ts";
import type { Finding, Rule } from "../rule.ts";

export const duplicate: Rule = {
  id: "step/duplicate",
  severity: "warning",
  title: "The job has the step twice",
  why: "The second one finds the agent installed and is skipped: its policy has no effect.",
  fix: "The later step is removed. Not applied unasked.",
  wrong: "two steps with harden-runner in one job",
  right: "one step",
  *check({ policies, workflow }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { step, job } of policies) {
      if (job === undefined || step.uses === undefined) continue;
      const isAgain = seen.has(job);
      seen.add(job);
      if (!isAgain) continue;
      const edit = removeStep(workflow, job, step);
      const fixes = edit === undefined ? [] : [{ title: "Remove this step", edits: [edit], unsafe: true }];
      yield {
        ...step.uses.content,
        message: "the agent is there already: the policy of this step has no effect",
        fixes,
      };
    }
  },
};
