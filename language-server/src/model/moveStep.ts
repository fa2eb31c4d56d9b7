// A whole step moved or removed, with its lines and no others.
import { isSeq } from "yaml";
import { replaceSpan } from "./edits.ts";
import { nodeSpan, type Job, type Step, type Workflow } from "./workflow.ts";
import { lineAt, lineEndOf, type Span, type TextEdit } from "../yaml/span.ts";

/** The lines of a step, with the comments right above it; undefined where something else stands on them. */
const linesOf = ({ text, nodes }: Workflow, job: Job, step: Step): Span | undefined => {
  const sequence = nodes.value(job.node, "steps");
  // Not by way of an alias, which other jobs have too.
  if (!isSeq(sequence) || sequence.flow === true) return undefined;
  const { start, end } = nodeSpan(step.node);
  const first = lineAt(text, start);
  const dash = /^[ \t]*(?=- )/.exec(text.slice(first.start, first.end))?.[0];
  if (dash === undefined || text.slice(first.start, start).trim() !== "-") return undefined;
  let from = first.start;
  while (from > 0) {
    const above = lineAt(text, from - 1);
    const line = text.slice(above.start, above.end);
    if (!line.startsWith(`${dash}#`)) break;
    from = above.start;
  }
  const last = lineAt(text, start + text.slice(start, end).trimEnd().length);
  const next = text.indexOf("\n", last.end);
  return { start: from, end: next < 0 ? text.length : next + 1 };
};

/** Moves a step in front of the job's others. */
export const moveToFront = (workflow: Workflow, job: Job, step: Step): readonly TextEdit[] | undefined => {
  const { text } = workflow;
  const [first] = job.steps;
  const from = linesOf(workflow, job, step);
  const to = first === undefined || first === step ? undefined : linesOf(workflow, job, first);
  if (from === undefined || to === undefined || to.end > from.start) return undefined;
  const lines = text.slice(from.start, from.end);
  const moved = lines.endsWith("\n") ? lines : lines + lineEndOf(text);
  return [replaceSpan({ start: to.start, end: to.start }, moved), replaceSpan(from, "")];
};

/** Takes a step out of its job; undefined for the only one. */
export const removeStep = (workflow: Workflow, job: Job, step: Step): TextEdit | undefined => {
  const lines = job.steps.length < 2 ? undefined : linesOf(workflow, job, step);
  return lines === undefined ? undefined : replaceSpan(lines, "");
};
