import { moveToFront } from "../../model/moveStep.ts";
import type { Finding, Rule } from "../rule.ts";

export const notFirst: Rule = {
  id: "step/not-first",
  severity: "hint",
  title: "The step is not the job's first one",
  why: "The action begins to work in its pre hook, before the first step wherever it stands; but pre hooks of actions above it run before, and readers look for it at the top.",
  fix: "The step moves to the front, with its comments. Not applied unasked.",
  wrong: "- uses: actions/checkout@…\n- uses: step-security/harden-runner@…",
  right: "- uses: step-security/harden-runner@…\n- uses: actions/checkout@…",
  *check({ policies, workflow }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { step, job } of policies) {
      if (job === undefined || step.uses === undefined) continue;
      const isLater = step.index > 0 && !seen.has(job);
      seen.add(job);
      if (!isLater) continue;
      const edits = moveToFront(workflow, job, step);
      const fixes = edits === undefined ? [] : [{ title: "Make it the first step", edits, unsafe: true }];
      yield { ...step.uses.content, message: "the pre hooks of the steps above run before this one's", fixes };
    }
  },
};
