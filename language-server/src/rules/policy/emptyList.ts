// What to put into a list that has nothing, or nothing that is known here.
import { setList } from "../../model/inputEdits.ts";
import type { Step, Workflow } from "../../model/workflow.ts";
import type { Policy } from "../../model/policies.ts";
import { runsOf, seenIn, theEndpoints, type SeenEndpoint } from "../../observed/jobRuns.ts";
import type { FileContext, Fix } from "../rule.ts";

/** What a checkout needs, and nearly every other step that talks to GitHub. */
const LEAST = ["api.github.com:443", "github.com:443"];

/** What the recorded runs needed, else the least that any job needs. */
export const listFixes = (
  workflow: Workflow,
  step: Step,
  header: ">" | "|",
  seen: readonly SeenEndpoint[],
): readonly Fix[] => {
  const offer = (title: string, entries: readonly string[]): Fix[] => {
    const edit = setList(workflow, step, header, entries);
    return edit === undefined ? [] : [{ title, edits: [edit], unsafe: true }];
  };
  const needed = seen.map(({ text }) => text);
  return [
    ...(needed.length === 0 ? [] : offer(`Allow ${theEndpoints(needed.length)} of the recorded runs`, needed)),
    ...offer("Allow GitHub, for the checkout", LEAST),
  ];
};

/** In the place of a list that is nothing but an expression: what the recorded runs of the job needed. */
export const knownListFix = (
  { workflow, observed }: Pick<FileContext, "workflow" | "observed">,
  policy: Policy,
): readonly Fix[] => {
  if (!/^\$\{\{[^]*\}\}$/.test(policy.value?.value.trim() ?? "")) return [];
  const seen = seenIn(runsOf(observed, workflow, policy), policy.dialect);
  if (seen.length === 0) return [];
  const edit = setList(
    workflow,
    policy.step,
    policy.dialect === "runglass" ? "|" : ">",
    seen.map(({ text }) => text),
  );
  const title = `List ${theEndpoints(seen.length)} of the recorded runs`;
  return edit === undefined ? [] : [{ title, edits: [edit], unsafe: true }];
};
