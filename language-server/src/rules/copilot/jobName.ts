import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { isCopilotFile, isSetupJob, SETUP_JOB } from "./support.ts";

export const jobName: Rule = {
  id: "copilot/job-name",
  severity: "error",
  title: "The job must be called copilot-setup-steps",
  why: "Copilot looks for a job of this name and finds no other.",
  fix: "The first job gets this name.",
  wrong: "jobs:\n  setup:",
  right: "jobs:\n  copilot-setup-steps:",
  *check({ workflow }): Iterable<Finding> {
    const [first] = workflow.jobs;
    if (!isCopilotFile(workflow) || first === undefined || workflow.jobs.some(({ id }) => isSetupJob(workflow, id)))
      return;
    const span = nodeSpan(first.key);
    const fix = { title: `Call it ${SETUP_JOB}`, edits: [replaceSpan(span, SETUP_JOB)] };
    yield { ...span, message: `Copilot looks for a job called ${SETUP_JOB}`, fixes: [fix] };
  },
};
