import { nodeSpan } from "../../model/workflow.ts";
import { removeInput } from "../policy/support.ts";
import type { Finding, Rule } from "../rule.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

export const singleJob: Rule = {
  id: "copilot/single-job",
  severity: "error",
  title: "Copilot runs one job of this file",
  why: "The file must hold a single job; what others do is not there when the agent starts.",
  fix: "The other job is removed. Not applied unasked.",
  wrong: "jobs:\n  copilot-setup-steps: …\n  more: …",
  right: "jobs:\n  copilot-setup-steps: …",
  *check({ workflow }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    const [main] = setupJobs(workflow);
    for (const job of workflow.jobs) {
      if (job === main) continue;
      const edit = removeInput(workflow, { key: job.key, value: job.node });
      const fixes = edit === undefined ? [] : [{ title: "Remove this job", edits: [edit], unsafe: true }];
      yield { ...nodeSpan(job.key), message: "Copilot runs one job of this file, and not this one", fixes };
    }
  },
};
