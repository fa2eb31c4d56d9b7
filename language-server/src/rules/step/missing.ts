import { usesHardenRunner } from "../../model/policies.ts";
import { insertStep, referenceIn } from "../../model/insertStep.ts";
import { runnerLabels } from "../../model/jobFacts.ts";
import { usesRunglass } from "../../model/monitorSteps.ts";
import { isEmptyNode, nodeSpan, type Job, type Workflow } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { unsupportedReason } from "./unsupportedRunner.ts";

/** Would the agent start in the job, or in one leg of its matrix? */
const canHave = (workflow: Workflow, job: Job): boolean => {
  if (job.container !== undefined && !isEmptyNode(job.container.value)) return false;
  const labels = runnerLabels(workflow, job);
  return labels.length === 0 || labels.some(({ label }) => unsupportedReason(label, false) === undefined);
};

export const missing: Rule = {
  id: "step/missing",
  severity: "warning",
  title: "Other jobs of the file have a policy, this one has none",
  why: "Each job runs on a machine of its own. In 16 real files only some of the jobs have the step.",
  fix: "The step as the job's first one, in audit mode, by the reference that the file has already. Not applied unasked.",
  wrong: "a job without the step beside one that has it",
  right: "the step as the first one of each job",
  *check({ workflow, policies }): Iterable<Finding> {
    if (!policies.some(({ job }) => job !== undefined)) return;
    const reference = referenceIn(workflow);
    for (const job of workflow.jobs) {
      if (job.steps.length === 0 || job.steps.some((step) => usesHardenRunner(step) || usesRunglass(step))) continue;
      if (!canHave(workflow, job)) continue;
      const edit = reference === undefined ? undefined : insertStep(workflow, job, reference);
      const fixes = edit === undefined ? [] : [{ title: "Add the step, in audit mode", edits: [edit], unsafe: true }];
      yield { ...nodeSpan(job.key), message: "this job has no egress policy; others of this file have one", fixes };
    }
  },
};
