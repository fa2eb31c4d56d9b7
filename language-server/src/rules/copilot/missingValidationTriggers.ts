import { nodeSpan } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { isSetupFile } from "./support.ts";

const TRIGGERS = new Set(["workflow_dispatch", "push", "pull_request"]);

export const missingValidationTriggers: Rule = {
  id: "copilot/missing-validation-triggers",
  severity: "hint",
  title: "Nothing runs the set-up to see whether it works",
  why: "With workflow_dispatch, and push and pull_request on this file's path, a broken set-up shows before the agent meets it.",
  wrong: "on: schedule",
  right: "on:\n  workflow_dispatch:\n  push:\n    paths: [.github/workflows/copilot-setup-steps.yml]",
  *check({ workflow }): Iterable<Finding> {
    const { triggers, nodes } = workflow;
    if (!isSetupFile(workflow) || triggers === undefined) return;
    const named = [
      String(nodes.scalar(triggers.value)?.value ?? ""),
      ...(nodes.sequence(triggers.value)?.items ?? []).map((item) => String(nodes.scalar(item)?.value ?? "")),
      ...nodes.entries(triggers.value).map(({ name }) => name),
    ];
    if (named.some((name) => TRIGGERS.has(name))) return;
    yield {
      ...nodeSpan(triggers.key),
      message: "add workflow_dispatch, so that the set-up can be tried without the agent",
    };
  },
};
