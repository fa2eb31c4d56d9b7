import { MarkupKind, type Hover } from "vscode-languageserver/node";
import { runsOf, seenIn } from "../observed/jobRuns.ts";
import { inputText } from "../model/inputs.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { Policy } from "../model/policies.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Positions } from "../lint/positions.ts";
import { readEndpoints } from "../model/endpoints.ts";
import type { MonitorStep } from "../model/monitorSteps.ts";
import { describeEntry, describeOwnEntry } from "./describeEntry.ts";

const MODES: Readonly<Record<string, string>> = {
  audit:
    "**audit**: the agent writes down where the job connects to, and blocks nothing; a list of endpoints has no effect.",
  block:
    "**block**: only the listed endpoints and the runner's own hosts are reached. Private networks stay open, UDP is closed.",
};

const OWN_MODES: Readonly<Record<string, string>> = {
  audit:
    "**audit**: Runglass records what the job does, and says of each connection whether the list would let it through; nothing is blocked.",
  block:
    "**block**: only the listed endpoints are reached, and what is allowed without being listed: the machine itself, private networks, the runner's own services.",
};

/** On an entry and on the mode; nothing elsewhere. */
export const hoverAt = (
  workflow: Workflow,
  policies: readonly Policy[],
  monitors: readonly MonitorStep[],
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
  for (const monitor of monitors) {
    const { step, list, dialect } = monitor;
    const mode = inputText(workflow, step.inputs.get("egress-policy"));
    const what = OWN_MODES[mode?.value.trim() ?? ""];
    if (mode !== undefined && what !== undefined && isIn(mode.span)) return show(mode.span, what);
    const entry = list === undefined ? undefined : readEndpoints(list, workflow.text).entries.find((one) => isIn(one));
    if (entry === undefined) continue;
    const runs = runsOf(observed, workflow, monitor);
    const seen = seenIn(runs, dialect);
    const said =
      dialect === "runglass" ? describeOwnEntry(entry, seen, runs.length) : describeEntry(entry, seen, runs.length);
    return show(entry, said);
  }
  return null;
};
