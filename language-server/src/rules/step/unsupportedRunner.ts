import { runnerLabels } from "../../model/jobFacts.ts";
import { nodeSpan } from "../../model/workflow.ts";
import { replaceSpan } from "../../model/edits.ts";
import { inputText } from "../../model/inputs.ts";
import { replaceValue } from "../policy/support.ts";
import type { Finding, Fix, Rule } from "../rule.ts";

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
  fix: "`ubuntu-latest`, or `audit` where the agent at least watches. Not applied unasked.",
  wrong: "runs-on: windows-latest … egress-policy: block",
  right: "runs-on: ubuntu-latest",
  *check({ policies, workflow }): Iterable<Finding> {
    const seen = new Set<unknown>();
    for (const { job, mode, step } of policies) {
      if (job === undefined) continue;
      for (const { label, node } of runnerLabels(workflow, job)) {
        const reason = unsupportedReason(label, mode === "block");
        if (reason === undefined || seen.has(node)) continue;
        seen.add(node);
        const span = nodeSpan(node);
        const fixes: Fix[] = [
          { title: "Use ubuntu-latest", edits: [replaceSpan(span, "ubuntu-latest")], unsafe: true },
        ];
        const said = inputText(workflow, step.inputs.get("egress-policy"));
        const only = unsupportedReason(label, false) === undefined && said?.value.trim() === "block" ? said : undefined;
        if (only !== undefined)
          fixes.push({ title: "Only watch: audit", edits: [replaceValue(only, "audit")], unsafe: true });
        yield { ...span, message: reason, fixes };
      }
    }
  },
};
