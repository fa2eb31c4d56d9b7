// What the rules about recorded runs share.
import { seenIn, runsOf, type SeenEndpoint } from "../../observed/jobRuns.ts";
import type { ObservedRun } from "../../observed/observedRun.ts";
import { policyOfMonitor } from "../../model/monitorSteps.ts";
import type { Policy } from "../../model/policies.ts";
import { addToList } from "../../model/edits.ts";
import { inputText } from "../../model/inputs.ts";
import { setList } from "../../model/inputEdits.ts";
import { nodeSpan, type Workflow } from "../../model/workflow.ts";
import type { Span } from "../../yaml/span.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import type { FileContext, Finding, Fix } from "../rule.ts";

export interface ObservedPolicy {
  readonly policy: Policy;
  readonly runs: readonly ObservedRun[];
  readonly seen: readonly SeenEndpoint[];
}

/** The findings for each policy that there are runs of, and whose list is known. */
export const eachObserved = (
  find: (observed: ObservedPolicy, file: FileContext) => Iterable<Finding>,
): ((file: FileContext) => Iterable<Finding>) =>
  function* (file) {
    if (file.observed.length === 0) return;
    const own = file.monitors.flatMap((monitor) => policyOfMonitor(monitor, file.workflow) ?? []);
    for (const policy of [...file.policies, ...own]) {
      if (policy.isUnresolved) continue;
      const runs = runsOf(file.observed, file.workflow, policy);
      if (runs.length > 0) yield* find({ policy, runs, seen: seenIn(runs, policy.dialect) }, file);
    }
  };

/** So many runs of each of its jobs are wanted before something is said of what they did not do. */
const ENOUGH_RUNS = 3;

export const hasEnoughRuns = ({ jobs }: Policy, runs: readonly ObservedRun[]): boolean =>
  jobs.length > 0 && jobs.every(({ id }) => runs.filter(({ job }) => job === id).length >= ENOUGH_RUNS);

/** Has the policy no endpoint at all, and none that a store knows? A list that is no text is told of by policy/wrong-node-type. */
export const isEmpty = ({ lists, step, value }: Policy): boolean => {
  const input = step.inputs.get("allowed-endpoints");
  if (step.inputs.has("policy") || step.inputs.has("use-policy-store")) return false;
  if (lists.some(({ words }) => words.length > 0)) return false;
  return input === undefined || value !== undefined || nodeSpan(input.value).end === nodeSpan(input.value).start;
};

/** What is said of a whole list stands at its input; where there is none at the mode, else at the action. */
export const listSpan = (workflow: Workflow, { step }: Policy): Span | undefined => {
  const input = step.inputs.get("allowed-endpoints");
  if (input !== undefined) return trimmedSpan(workflow.text, inputSpan(input));
  return inputText(workflow, step.inputs.get("egress-policy"))?.span ?? step.uses?.content;
};

/**
 * Adds an entry to the policy's list, which may have none yet: to its own, else to each of those that it may stand for, as nobody
 * knows which of them a run had. No fix where there is no place for it.
 */
export const allowFix = (workflow: Workflow, policy: Policy, entry: string): readonly Fix[] => {
  const title = `Allow ${entry}`;
  if (isEmpty(policy)) {
    const edit = setList(workflow, policy.step, policy.dialect === "runglass" ? "|" : ">", [entry]);
    return edit === undefined ? [] : [{ title, edits: [edit], unsafe: true }];
  }
  const own = policy.lists.find(({ scalar }) => scalar.node === policy.value?.node);
  const lists = own === undefined ? policy.lists : [own];
  const edits = lists.flatMap((list) => addToList(workflow.text, list, entry) ?? []);
  return edits.length === 0 || edits.length < lists.length ? [] : [{ title, edits, unsafe: true }];
};
