import { isEmptyNode } from "../../model/workflow.ts";
import { eachPolicy, inputSpan, trimmedSpan } from "../policy/support.ts";
import type { Rule } from "../rule.ts";

export const containerJob: Rule = {
  id: "step/container-job",
  severity: "warning",
  title: "In a job that runs in a container, the agent does not start",
  why: "On GitHub's runners the step is skipped in such jobs, with a line in its log and nothing else.",
  fix: "None: without its container the steps of the job would run with other programs, and which of them must move into `docker run` only its author knows.",
  wrong: "container: node:24 … uses: step-security/harden-runner@…",
  right: "a job that starts the container by itself",
  check: eachPolicy(({ job }, { text }) => {
    const container = job?.container;
    if (container === undefined || isEmptyNode(container.value)) return undefined;
    return {
      ...trimmedSpan(text, inputSpan(container)),
      message: "in a container the agent does not start, and the step says nothing",
    };
  }),
};
