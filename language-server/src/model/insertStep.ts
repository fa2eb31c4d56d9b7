// A new step at the front of a job, as text.
import { nodeSpan, type Job, type Workflow } from "./workflow.ts";
import { lineAt, lineEndOf, type TextEdit } from "../yaml/span.ts";
import { replaceSpan } from "./edits.ts";

/** What a job uses of the action: the first reference of the file, with the comment that names its version. */
export const referenceIn = ({ text }: Workflow): string | undefined =>
  /\buses:\s*["']?(step-security\/harden-runner@[\w./-]+)["']?([ \t]+#[^\r\n]*)?/i
    .exec(text)
    ?.slice(1, 3)
    .join("")
    .trim();

/** The lines of a step that watches, without an indentation. */
const stepLines = (reference: string): string[] => [
  "- name: Harden the runner (audit all outbound calls)",
  `  uses: ${reference}`,
  "  with:",
  "    egress-policy: audit",
];

/** Puts the step in front of a job's first one; undefined where its steps are not one below the other. */
export const insertStep = (workflow: Workflow, job: Job, reference: string): TextEdit | undefined => {
  const { text, nodes } = workflow;
  const sequence = nodes.sequence(nodes.value(job.node, "steps"));
  const first = sequence?.items[0];
  // An alias would change every job that shares the steps.
  if (sequence === undefined || first === undefined || sequence.flow === true) return undefined;
  if (nodeSpan(job.node).start > nodeSpan(first).start || nodeSpan(job.node).end < nodeSpan(first).start)
    return undefined;
  const line = lineAt(text, nodeSpan(first).start);
  const dash = /^[ \t]*(?=- )/.exec(text.slice(line.start, line.end))?.[0];
  if (dash === undefined) return undefined;
  const lines = stepLines(reference).map((one) => dash + one + lineEndOf(text));
  return replaceSpan({ start: line.start, end: line.start }, lines.join(""));
};
