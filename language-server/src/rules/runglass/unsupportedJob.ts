import { runnerLabels } from "../../model/jobFacts.ts";
import { replaceSpan } from "../../model/edits.ts";
import { isEmptyNode, nodeSpan } from "../../model/workflow.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import type { Finding, Rule } from "../rule.ts";

export const unsupportedJob: Rule = {
  id: "runglass/unsupported-job",
  severity: "warning",
  title: "Runglass cannot start in this job",
  why: "The collector watches through the Linux kernel, as root on the runner itself: not in a job's container, and not on Windows or macOS. The step fails there.",
  fix: "`ubuntu-latest` in the place of another system's label; not applied unasked. None for a container: what of the job can leave it, only its author knows.",
  wrong: "container: node:24 … uses: runglass/runglass/collector@…",
  right: "runs-on: ubuntu-latest, and what needs the container in `docker run`",
  *check({ monitors, workflow, text }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { job } of monitors) {
      if (job === undefined || seen.has(job)) continue;
      seen.add(job);
      if (job.container !== undefined && !isEmptyNode(job.container.value)) {
        const span = trimmedSpan(text, inputSpan(job.container));
        yield { ...span, message: "in a container the kernel cannot be watched: the step fails" };
      }
      for (const { label, node } of runnerLabels(workflow, job)) {
        if (!/^(?:windows|macos)/i.test(label)) continue;
        const span = nodeSpan(node);
        const fix = { title: "Use ubuntu-latest", edits: [replaceSpan(span, "ubuntu-latest")], unsafe: true };
        const message = `the collector runs on Linux only, not on ${label}: the step fails`;
        yield { ...span, message, fixes: [fix] };
      }
    }
  },
};
