// A new step in a job, as text.
import { nodeSpan, type Job, type Step, type Workflow } from "./workflow.ts";
import { lineAt, lineEndOf, type TextEdit } from "../yaml/span.ts";
import { replaceSpan } from "./edits.ts";
import { RUNGLASS_REFERENCE } from "./monitorSteps.ts";

const firstReference = (text: string, action: RegExp): string | undefined =>
  action.exec(text)?.slice(1, 3).join("").trim();

/** What a job uses of Harden-Runner: the first reference of the file, with the comment that names its version. */
export const referenceIn = ({ text }: Pick<Workflow, "text">): string | undefined =>
  firstReference(text, /\buses:[ \t]*["']?(step-security\/harden-runner@[\w./-]+)["']?([ \t]+#[^\r\n]*)?/i);

/** The same for our own Action; the version of this release where the file names none. */
export const ownReferenceIn = ({ text }: Pick<Workflow, "text">): string =>
  firstReference(text, /\buses:[ \t]*["']?(runglass\/runglass[\w./-]*@[\w./-]+)["']?([ \t]+#[^\r\n]*)?/i) ??
  RUNGLASS_REFERENCE;

/** The lines of a step that watches, without an indentation. */
export const stepLines = (reference: string): string[] => [
  "- name: Harden the runner (audit all outbound calls)",
  `  uses: ${reference}`,
  "  with:",
  "    egress-policy: audit",
];

/** The same with our own Action. */
export const monitorLines = (reference: string): string[] => [
  "- name: Watch the job (Runglass)",
  `  uses: ${reference}`,
  "  with:",
  "    egress-policy: audit",
];

/** What stands in front of the dashes of a job's steps; undefined where they are not one below the other, or not its own. */
const dashOf = ({ text, nodes }: Workflow, job: Job): { readonly dash: string; readonly start: number } | undefined => {
  const sequence = nodes.sequence(nodes.value(job.node, "steps"));
  const first = sequence?.items[0];
  if (sequence === undefined || first === undefined || sequence.flow === true) return undefined;
  // An alias would change every job that shares the steps.
  if (nodeSpan(job.node).start > nodeSpan(first).start || nodeSpan(job.node).end < nodeSpan(first).start)
    return undefined;
  const line = lineAt(text, nodeSpan(first).start);
  const dash = /^[ \t]*(?=- )/.exec(text.slice(line.start, line.end))?.[0];
  return dash === undefined ? undefined : { dash, start: line.start };
};

/** Puts lines behind a step of a job, or in front of its first one; undefined where its steps have no place for them. */
export const insertLines = (
  workflow: Workflow,
  job: Job,
  lines: readonly string[],
  behind?: Step,
): TextEdit | undefined => {
  const { text, nodes } = workflow;
  const place = dashOf(workflow, job);
  if (place === undefined) return undefined;
  const eol = lineEndOf(text);
  const indented = lines.map((one) => place.dash + one);
  if (behind === undefined) {
    const { start } = place;
    return replaceSpan({ start, end: start }, indented.map((one) => one + eol).join(""));
  }
  // As it stands there: an alias is not followed.
  const { start, end } = nodeSpan(nodes.sequence(nodes.value(job.node, "steps"))?.items[behind.index]);
  const last = lineAt(text, start + text.slice(start, end).trimEnd().length).end;
  return replaceSpan({ start: last, end: last }, indented.map((one) => eol + one).join(""));
};

/** Puts a step of Harden-Runner's in front of a job's first one. */
export const insertStep = (workflow: Workflow, job: Job, reference: string): TextEdit | undefined =>
  insertLines(workflow, job, stepLines(reference));
