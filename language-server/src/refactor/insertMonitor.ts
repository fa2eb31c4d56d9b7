// Our step in every job that has none: as the first one, or right behind another monitor that is there.
import { insertLines, monitorLines, ownReferenceIn } from "../model/insertStep.ts";
import { runnerLabels } from "../model/jobFacts.ts";
import { usesRunglass } from "../model/monitorSteps.ts";
import { usesHardenRunner } from "../model/policies.ts";
import { isEmptyNode, type Job, type Workflow } from "../model/workflow.ts";
import type { TextEdit } from "../yaml/span.ts";
import { touchesNode, type Refactoring, type RewriteContext } from "./refactoring.ts";

/** Why a job gets no step; undefined where it can have one. */
const reasonAgainst = (workflow: Workflow, job: Job): string | undefined => {
  if (job.uses !== undefined) return "calls another workflow, whose jobs have steps of their own";
  if (job.container !== undefined && !isEmptyNode(job.container.value))
    return "runs in a container, where the kernel cannot be watched";
  const other = runnerLabels(workflow, job).find(({ label }) => /^(?:windows|macos)/i.test(label));
  return other === undefined ? undefined : `runs on ${other.label}, and the collector on Linux only`;
};

const editOf = (workflow: Workflow, job: Job): TextEdit | undefined => {
  const lines = monitorLines(ownReferenceIn(workflow));
  const [first] = job.steps;
  const behind = first !== undefined && usesHardenRunner(first) ? first : undefined;
  return insertLines(workflow, job, lines, behind);
};

const withoutMonitor = ({ workflow }: RewriteContext): readonly Job[] =>
  workflow.jobs.filter((job) => !job.steps.some((step) => usesRunglass(step)));

const canHave = (workflow: Workflow, job: Job): boolean =>
  job.steps.length > 0 && reasonAgainst(workflow, job) === undefined;

const titleFor = (count: number): string =>
  count === 1 ? "Add Runglass's step to the job without one" : `Add Runglass's step to the ${count} jobs without one`;

export const insertMonitor: Refactoring = {
  id: "insertMonitor",
  offer: (context) => {
    const { workflow, isExplicit } = context;
    const jobs = withoutMonitor(context).filter((job) => canHave(workflow, job));
    if (jobs.length === 0) return undefined;
    const jobsKey = workflow.nodes.entry(workflow.root, "jobs")?.key;
    const isHere = touchesNode(context, jobsKey) || workflow.jobs.some(({ key }) => touchesNode(context, key));
    return isExplicit || isHere ? titleFor(jobs.length) : undefined;
  },
  rewrite: (context) => {
    const { workflow } = context;
    const notes: string[] = [];
    const edits: TextEdit[] = [];
    for (const job of withoutMonitor(context)) {
      const against = reasonAgainst(workflow, job);
      if (against === undefined && job.steps.length === 0) continue;
      const edit = against === undefined ? editOf(workflow, job) : undefined;
      if (edit !== undefined) edits.push(edit);
      else
        notes.push(`Not to ${job.id}: it ${against ?? "has its steps in another place, or not one below the other"}.`);
    }
    if (edits.length > 0) return { title: titleFor(edits.length), edits, notes };
    return { problem: ["No job of this file gets a step.", ...notes].join(" ") };
  },
};
