import { insertLines, monitorLines, ownReferenceIn } from "../../model/insertStep.ts";
import { usesHardenRunner } from "../../model/policies.ts";
import { nodeSpan } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

const MONITORS =
  /^(?:step-security\/harden-runner|runglass\/|bullfrogsec\/bullfrog|openai\/fence|cycodelabs\/cimon-action|garnet-org\/action|cicd-sensor\/)/i;

export const noEgressMonitor: Rule = {
  id: "copilot/no-egress-monitor",
  severity: "info",
  title: "Nothing watches where the set-up and the MCP servers connect to",
  why: "Copilot's firewall holds for what the agent's own shell starts; set-up steps and MCP servers are outside of it.",
  fix: "Runglass's step as the first one, in audit mode. Not applied unasked.",
  wrong: "steps:\n  - uses: actions/checkout@…",
  right: "steps:\n  - uses: step-security/harden-runner@…\n    with:\n      egress-policy: audit",
  *check({ workflow }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const job of setupJobs(workflow)) {
      if (job.steps.length === 0) continue;
      if (job.steps.some((step) => usesHardenRunner(step) || MONITORS.test(step.uses?.value.trim() ?? ""))) continue;
      const edit = insertLines(workflow, job, monitorLines(ownReferenceIn(workflow)));
      const fixes =
        edit === undefined ? [] : [{ title: "Add Runglass's step, in audit mode", edits: [edit], unsafe: true }];
      const message = "set-up steps and MCP servers are outside of Copilot's firewall, and nothing watches them";
      yield { ...nodeSpan(job.key), message, fixes };
    }
  },
};
