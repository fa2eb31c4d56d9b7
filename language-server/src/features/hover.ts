import { MarkupKind, type Hover } from "vscode-languageserver/node";
import { runsOf, seenIn } from "../observed/jobRuns.ts";
import { inputText } from "../model/inputs.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { Policy } from "../model/policies.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Positions } from "../lint/positions.ts";
import { describeEntry } from "./describeEntry.ts";

const MODES: Readonly<Record<string, string>> = {
  audit:
    "**audit**: the agent writes down where the job connects to, and blocks nothing; a list of endpoints has no effect.",
  block:
    "**block**: only the listed endpoints and the runner's own hosts are reached. Private networks stay open, UDP is closed.",
};

/** On an entry and on the mode; nothing elsewhere. */
export const hoverAt = (
  workflow: Workflow,
  policies: readonly Policy[],
  observed: readonly ObservedRun[],
  positions: Positions,
  offset: number,
): Hover | null => {
  const show = (span: { start: number; end: number }, value: string): Hover => ({
    range: positions.range(span),
    contents: { kind: MarkupKind.Markdown, value },
  });
  const isIn = (span: { start: number; end: number }): boolean => offset >= span.start && offset <= span.end;
  for (const policy of policies) {
    const mode = inputText(workflow, policy.step.inputs.get("egress-policy"));
    const what = MODES[mode?.value.trim() ?? ""];
    if (mode !== undefined && what !== undefined && isIn(mode.span)) return show(mode.span, what);
    const entry = policy.lists.flatMap(({ entries }) => entries).find((one) => isIn(one));
    if (entry === undefined) continue;
    const runs = runsOf(observed, workflow, policy);
    return show(entry, describeEntry(entry, seenIn(runs), runs.length));
  }
  return null;
};
