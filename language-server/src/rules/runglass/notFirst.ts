import { moveToFront } from "../../model/moveStep.ts";
import { usesHardenRunner } from "../../model/policies.ts";
import type { Finding, Rule } from "../rule.ts";

export const notFirst: Rule = {
  id: "runglass/not-first",
  severity: "hint",
  title: "The step is not the job's first one",
  why: "Runglass starts in its pre hook, wherever the step stands; but the pre hooks of actions above it run before, unseen, and readers look for it at the top. Only another monitor may stand above it.",
  fix: "The step moves to the front, with its comments. Not applied unasked.",
  wrong: "- uses: actions/checkout@…\n- uses: runglass/runglass/collector@…",
  right: "- uses: runglass/runglass/collector@…\n- uses: actions/checkout@…",
  *check({ monitors, workflow }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { step, job } of monitors) {
      if (job === undefined || step.uses === undefined || seen.has(job)) continue;
      seen.add(job);
      const above = job.steps.filter(({ index }) => index < step.index);
      if (above.every((one) => usesHardenRunner(one))) continue;
      const edits = moveToFront(workflow, job, step);
      const fixes = edits === undefined ? [] : [{ title: "Make it the first step", edits, unsafe: true }];
      yield { ...step.uses.span, message: "the pre hooks of the steps above run before this one's, unseen", fixes };
    }
  },
};
