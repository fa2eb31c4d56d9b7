import { inputText } from "../../model/inputs.ts";
import { mayWrite } from "../../model/jobFacts.ts";
import { nodeSpan, isEmptyNode } from "../../model/workflow.ts";
import { replaceSpan } from "../../model/edits.ts";
import { lineAt, lineEndOf } from "../../yaml/span.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, inputSpan, trimmedSpan } from "./support.ts";

export const storeNeedsIdToken: Rule = {
  id: "policy/store-needs-id-token",
  severity: "error",
  title: "A policy of the store needs id-token: write",
  why: "The action asks the store by a token of the job's own identity; without the permission the step fails.",
  fix: "The permission is added to the job, with `contents: read` where it had none of its own. Not applied unasked.",
  wrong: "with:\n  policy: release",
  right: "permissions:\n  id-token: write",
  check: eachPolicy(({ step, job }, { workflow, text }) => {
    const input = step.inputs.get("policy");
    const name = inputText(workflow, input)?.value.trim() ?? "";
    if (input === undefined || name === "" || job === undefined || mayWrite(workflow, job, "id-token"))
      return undefined;
    const fixes = [];
    const given = workflow.nodes.map(job.permissions?.value);
    const first = given?.items[0]?.key;
    if (given !== undefined && first !== undefined && !isEmptyNode(given) && given.flow !== true) {
      const { start } = nodeSpan(first);
      const indent = text.slice(lineAt(text, start).start, start);
      const edit = replaceSpan({ start, end: start }, `id-token: write${lineEndOf(text)}${indent}`);
      fixes.push({ title: "Add id-token: write", edits: [edit], unsafe: true });
    } else if (job.permissions === undefined) {
      // Permissions that are named take the others away: what a checkout needs is named too.
      const { key } = workflow.nodes.entry(job.node, "steps") ?? {};
      const { start } = nodeSpan(key);
      const indent = text.slice(lineAt(text, start).start, start);
      const lines = ["permissions:", "  contents: read", "  id-token: write", ""].join(`${lineEndOf(text)}${indent}`);
      if (key !== undefined && indent.trim() === "" && workflow.permissions === undefined) {
        const edit = replaceSpan({ start, end: start }, lines);
        fixes.push({ title: "Add the permission id-token: write", edits: [edit], unsafe: true });
      }
    }
    const message = "to ask the store for this policy, the job needs the permission id-token: write";
    return { ...trimmedSpan(text, inputSpan(input)), message, fixes };
  }),
};
