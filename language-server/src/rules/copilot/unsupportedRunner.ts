import { runnerLabels } from "../../model/jobFacts.ts";
import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

const reasonOf = (label: string): string | undefined => {
  const folded = label.toLowerCase();
  if (folded.startsWith("macos")) return "Copilot does not run on macOS";
  if (/(?:^|-)arm(?:64)?(?:-|$)/.test(folded)) return "Copilot does not run on ARM";
  if (folded.startsWith("windows")) return "on Windows Copilot's firewall does not work and must be off";
  return folded === "self-hosted" ? "on a self-hosted runner Copilot's firewall must be off" : undefined;
};

export const unsupportedRunner: Rule = {
  id: "copilot/unsupported-runner",
  severity: "warning",
  title: "Copilot does not run here, or only without its firewall",
  why: "Copilot's agent runs on x64 Ubuntu and Windows; its firewall on GitHub's Ubuntu runners only.",
  fix: "`ubuntu-latest`. Not applied unasked.",
  wrong: "runs-on: macos-latest",
  right: "runs-on: ubuntu-latest",
  *check({ workflow }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const job of setupJobs(workflow)) {
      for (const { label, node } of runnerLabels(workflow, job)) {
        const reason = reasonOf(label);
        if (reason === undefined) continue;
        const span = nodeSpan(node);
        const fix = { title: "Use ubuntu-latest", edits: [replaceSpan(span, "ubuntu-latest")], unsafe: true };
        yield { ...span, message: reason, fixes: [fix] };
      }
    }
  },
};
