import { runnerLabels } from "../../model/jobFacts.ts";
import { nodeSpan } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";

/** Why the agent does not run, or does not block, on a runner with this label. */
export const unsupportedReason = (label: string, blocks: boolean): string | undefined => {
  const folded = label.toLowerCase();
  if (folded === "ubuntu-slim") return "the agent does not run on ubuntu-slim";
  if (/(?:^|-)arm(?:64)?(?:-|$)/.test(folded) && !folded.startsWith("macos"))
    return "the community agent does not run on ARM";
  if (!blocks) return undefined;
  if (folded.startsWith("windows")) return "on Windows the agent only watches: nothing is blocked";
  return folded.startsWith("macos") ? "on macOS the agent only watches: nothing is blocked" : undefined;
};

export const unsupportedRunner: Rule = {
  id: "step/unsupported-runner",
  severity: "warning",
  title: "The agent does not run, or does not block, on this runner",
  why: "The agent blocks on GitHub's x64 Linux runners; Windows and macOS are watched only, ubuntu-slim and ARM not at all.",
  wrong: "runs-on: windows-latest … egress-policy: block",
  right: "runs-on: ubuntu-latest",
  *check({ policies, workflow }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { job, mode } of policies) {
      if (job === undefined) continue;
      for (const { label, node } of runnerLabels(workflow, job)) {
        const reason = unsupportedReason(label, mode === "block");
        if (reason === undefined || seen.has(node)) continue;
        seen.add(node);
        yield { ...nodeSpan(node), message: reason };
      }
    }
  },
};
