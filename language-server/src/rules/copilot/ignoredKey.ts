import { lineAt } from "../../yaml/span.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, removeInput, trimmedSpan } from "../policy/support.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

const HONOURED = new Set(["steps", "permissions", "runs-on", "services", "snapshot", "timeout-minutes"]);

export const ignoredKey: Rule = {
  id: "copilot/ignored-key",
  severity: "warning",
  title: "Copilot does not read this key",
  why: "Of the job, Copilot takes steps, permissions, runs-on, services, snapshot and timeout-minutes. Variables belong into the settings of the agent's environment.",
  fix: "The key is removed, with all that is below it. Not applied unasked.",
  wrong: "copilot-setup-steps:\n  env: …",
  right: "copilot-setup-steps:\n  runs-on: ubuntu-latest\n  steps: …",
  *check({ workflow, text }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    for (const job of setupJobs(workflow)) {
      for (const { name, key, value } of workflow.nodes.entries(job.node)) {
        if (HONOURED.has(name)) continue;
        const edit = removeInput(workflow, { key, value });
        const { start } = lineAt(text, inputSpan({ key, value }).start);
        const fixes =
          edit === undefined || edit.start !== start ? [] : [{ title: "Remove it", edits: [edit], unsafe: true }];
        const hint = name === "env" ? "; variables belong into the agent's settings" : "";
        yield {
          ...trimmedSpan(text, inputSpan({ key, value })),
          message: `Copilot does not read "${name}"${hint}`,
          fixes,
        };
      }
    }
  },
};
