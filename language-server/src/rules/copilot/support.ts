// What the rules about the files of Copilot's agent share.
import type { Workflow } from "../../model/workflow.ts";

export const SETUP_JOB = "copilot-setup-steps";
const REVIEW_JOB = "copilot-code-review";

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** The file whose steps run before the agent. */
export const isSetupFile = ({ path }: Workflow): boolean => /^copilot-setup-steps\.ya?ml$/i.test(baseName(path));

/** One of the files that Copilot's agent reads, by its name. */
export const isCopilotPath = (path: string): boolean =>
  /^copilot-(?:setup-steps|code-review)\.ya?ml$/i.test(baseName(path));

export const isCopilotFile = ({ path }: Workflow): boolean => isCopilotPath(path);

/** Is the job called as Copilot looks for it? The one of its code review is also found by that file's name in the wild. */
export const isSetupJob = (workflow: Workflow, id: string): boolean =>
  id === SETUP_JOB || (!isSetupFile(workflow) && id === REVIEW_JOB);

/** The jobs that the agent's set-up is taken from: the one of the right name, else the first. */
export const setupJobs = (workflow: Workflow): Workflow["jobs"] => {
  const { jobs } = workflow;
  const named = jobs.filter(({ id }) => isSetupJob(workflow, id));
  return named.length > 0 ? named : jobs.slice(0, 1);
};
