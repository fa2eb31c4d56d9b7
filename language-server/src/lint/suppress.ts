// A comment that suppresses a finding, where the file can take one.
import { readWorkflow } from "../model/workflow.ts";
import { monitorStepsOf } from "../model/monitorSteps.ts";
import { policiesOf } from "../model/policies.ts";
import { replaceSpan } from "../model/edits.ts";
import { lineAt, type TextEdit } from "../yaml/span.ts";
import type { Diagnostic } from "./lintText.ts";
import { suppressionsOf } from "./suppressions.ts";

/** Undefined where a comment would be content: in a scalar of several lines that is no block. */
export const suppressionEdit = (text: string, finding: Diagnostic): TextEdit | undefined => {
  // Where the path decides what a file is, its lists are the same.
  const workflow = readWorkflow(".github/workflows/any.yml", text);
  const lists = [
    ...policiesOf(workflow).flatMap((policy) => policy.lists.map(({ scalar }) => scalar)),
    ...monitorStepsOf(workflow).flatMap(({ list }) => list ?? []),
  ];
  const scalar = lists.find(({ span }) => finding.start >= span.start && finding.end <= span.end);
  let at = finding.start;
  if (scalar !== undefined) {
    if (scalar.isBlock) at = scalar.header.end;
    else if (/\n/.test(text.slice(scalar.span.start, scalar.span.end).trimEnd())) return undefined;
  }
  const line = lineAt(text, at);
  const existing = suppressionsOf(text).find((one) => one.line === line.start);
  if (existing !== undefined) {
    const bracket = text.indexOf("]", existing.start);
    return replaceSpan({ start: bracket, end: bracket }, `${existing.rules.length === 0 ? "" : ", "}${finding.rule}`);
  }
  // Another comment stays behind ours, as its reason.
  const comment = /[ \t]#/.exec(text.slice(at, line.end));
  if (comment !== null) {
    const start = at + comment.index + 1;
    return replaceSpan({ start, end: start + 1 }, `# runglass: ignore[${finding.rule}]`);
  }
  return replaceSpan({ start: line.end, end: line.end }, ` # runglass: ignore[${finding.rule}] `);
};
