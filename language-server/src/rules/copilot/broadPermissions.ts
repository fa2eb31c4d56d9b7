import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan, scalarTextOf, type KeyValue, type Workflow } from "../../model/workflow.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { isCopilotFile, setupJobs } from "./support.ts";

/** An identity for other services is no right in the repository. */
const HARMLESS = new Set(["id-token"]);

const findingsOf = function* (workflow: Workflow, permissions: KeyValue | undefined): Iterable<Finding> {
  if (permissions === undefined) return;
  const { nodes, text } = workflow;
  const message = "the set-up needs to read at most: the agent has a token of its own";
  const all = scalarTextOf(nodes, permissions.value, text);
  if (all !== undefined) {
    if (all.value.trim() !== "write-all") return;
    const fix = { title: "Write read-all", edits: [replaceSpan(all.content, "read-all")], unsafe: true };
    yield { ...trimmedSpan(text, inputSpan(permissions)), message, fixes: [fix] };
    return;
  }
  for (const { name, key, value } of nodes.entries(permissions.value)) {
    const level = scalarTextOf(nodes, value, text);
    if (level?.value.trim() !== "write" || HARMLESS.has(name)) continue;
    const fix = { title: "Write read", edits: [replaceSpan(level.content, "read")], unsafe: true };
    yield { start: nodeSpan(key).start, end: level.span.end, message, fixes: [fix] };
  }
};

export const broadPermissions: Rule = {
  id: "copilot/broad-permissions",
  severity: "warning",
  title: "The set-up may write",
  why: "What the set-up steps install runs with the job's token. The agent gets a token of its own, so reading is enough.",
  fix: "`read`. Not applied unasked.",
  wrong: "permissions:\n  contents: write",
  right: "permissions:\n  contents: read",
  *check({ workflow }): Iterable<Finding> {
    if (!isCopilotFile(workflow)) return;
    // Also where the job says its own: the next one to be written takes the workflow's.
    yield* findingsOf(workflow, workflow.permissions);
    for (const job of setupJobs(workflow)) yield* findingsOf(workflow, job.permissions);
  },
};
