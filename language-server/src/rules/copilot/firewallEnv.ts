import { nodeSpan, type KeyValue } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, removeInput, trimmedSpan } from "../policy/support.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

export const firewallEnv: Rule = {
  id: "copilot/firewall-env",
  severity: "warning",
  title: "Copilot's firewall is not set by variables of this file",
  why: "COPILOT_AGENT_FIREWALL_… in this file has had no effect since August 2025: the firewall is set on the repository's settings page.",
  fix: "The variable is removed.",
  wrong: "env:\n  COPILOT_AGENT_FIREWALL_ENABLED: false",
  right: "Settings > Copilot > Internet access",
  *check({ workflow, text }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    const places: (readonly [node: unknown, env: ReadonlyMap<string, KeyValue>])[] = [[workflow.root, workflow.env]];
    for (const job of setupJobs(workflow)) {
      places.push([job.node, job.env], ...job.steps.map(({ node, env }) => [node, env] as const));
    }
    for (const [node, env] of places) {
      for (const [name, variable] of env) {
        if (!/^COPILOT_AGENT_FIREWALL_/i.test(name)) continue;
        // The only variable would leave an `env` without anything.
        const all = workflow.nodes.entry(node, "env");
        const edit = env.size > 1 ? removeInput(workflow, variable) : all && removeInput(workflow, all);
        const fixes = edit === undefined ? [] : [{ title: "Remove it", edits: [edit] }];
        const { start } = nodeSpan(variable.key);
        const span = { ...trimmedSpan(text, inputSpan(variable)), start };
        yield { ...span, message: "this has no effect here: see Settings > Copilot > Internet access", fixes };
      }
    }
  },
};
