// What stands above each policy, and behind each of its entries.
import type { CodeLens, InlayHint } from "vscode-languageserver/node";
import { InlayHintKind } from "vscode-languageserver/node";
import { matcherOf, runsOf, seenIn } from "../observed/jobRuns.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import type { Policy } from "../model/policies.ts";
import type { Workflow } from "../model/workflow.ts";
import type { Positions } from "../lint/positions.ts";
import { day, seenBy } from "./describeEntry.ts";

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

const titleOf = (workflow: Workflow, policy: Policy, observed: readonly ObservedRun[]): string => {
  const entries = policy.lists.flatMap((list) => list.entries);
  const mode = policy.mode === "invalid" || policy.mode === "unknown" ? "mode not known" : policy.mode;
  const parts = [
    mode,
    policy.isUnresolved
      ? `${plural(entries.length, "endpoint")} and what is not known here`
      : plural(entries.length, "endpoint"),
  ];
  const runs = runsOf(observed, workflow, policy);
  if (runs.length > 0) {
    const seen = seenIn(runs, policy.dialect);
    const used = entries.filter((entry) => seenBy(entry, seen, policy.dialect).length > 0).length;
    const allowed = matcherOf(policy.lists, policy.dialect);
    const missing = seen.filter(
      ({ host, port }) => allowed.connection({ host, port, protocol: "tcp" }) === undefined,
    ).length;
    parts.push(`${used} seen`, `${missing} missing`, `in ${plural(runs.length, "run")}`);
  }
  return parts.join(", ");
};

export const lensesOf = (
  workflow: Workflow,
  policies: readonly Policy[],
  observed: readonly ObservedRun[],
  positions: Positions,
): CodeLens[] =>
  policies.flatMap((policy) => {
    const { uses } = policy.step;
    if (uses === undefined) return [];
    return [
      { range: positions.range(uses.content), command: { title: titleOf(workflow, policy, observed), command: "" } },
    ];
  });

/** Behind every entry that was seen, within `from` to `to`. */
export const hintsOf = (
  workflow: Workflow,
  policies: readonly Policy[],
  observed: readonly ObservedRun[],
  positions: Positions,
  { from, to }: { readonly from: number; readonly to: number },
): InlayHint[] =>
  policies.flatMap((policy) => {
    const runs = runsOf(observed, workflow, policy);
    if (runs.length === 0) return [];
    const seen = seenIn(runs, policy.dialect);
    return policy.lists.flatMap(({ entries }) =>
      entries.flatMap((entry) => {
        if (entry.end < from || entry.end > to) return [];
        const used = seenBy(entry, seen, policy.dialect);
        if (used.length === 0) return [];
        const times = used.reduce((sum, { connections }) => sum + connections, 0);
        const last = used.reduce((latest, one) => Math.max(latest, one.last), 0);
        return [
          {
            position: positions.at(entry.end),
            label: `seen ${times}×, last ${day(last)}`,
            kind: InlayHintKind.Parameter,
            paddingLeft: true,
          },
        ];
      }),
    );
  });
