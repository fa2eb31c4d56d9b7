// The steps that use our own Action. Their lists are in our own dialect, unless the step says otherwise.
import type { Dialect } from "../../../collector/policy/policy.ts";
import type { ScalarText } from "../yaml/scalarText.ts";
import { inputText } from "./inputs.ts";
import { readEndpoints } from "./endpoints.ts";
import { followExpression, jobsWith, type Mode, type Policy } from "./policies.ts";
import { scalarTextOf, type Job, type Step, type Workflow } from "./workflow.ts";

export const RUNGLASS_ACTION = "runglass/runglass/collector";

/** What is written where the file names no version yet: a release's tag, to be replaced by its commit. */
export const RUNGLASS_REFERENCE = `${RUNGLASS_ACTION}@v0.1.0 # pin this to the release's commit`;

export interface MonitorStep {
  readonly step: Step;
  /** The job that it belongs to; undefined in a composite action. */
  readonly job: Job | undefined;
  /** All jobs that have the step, where they share it by an alias. */
  readonly jobs: readonly Job[];
  /** `audit` where nothing says it. */
  readonly mode: Mode;
  /** Who reads the list: undefined where the value is none, or an expression. */
  readonly dialect: Dialect | undefined;
  /** The step's list, where it is a scalar: its own, or the one text of env or of an input's default that it names. */
  readonly list: ScalarText | undefined;
}

const OWN = /^runglass\/runglass(?:\/[^@]*)?(?:@|$)/i;

export const usesRunglass = (step: Step): boolean => OWN.test(step.uses?.value.trim() ?? "");

const modeOf = (value: string): Mode => {
  if (value === "") return "audit";
  if (value.includes("${{")) return "unknown";
  return value === "audit" || value === "block" ? value : "invalid";
};

const dialectOf = (value: string): Dialect | undefined => {
  if (value === "") return "runglass";
  return value === "runglass" || value === "harden-runner" ? value : undefined;
};

/** Where the value is nothing but a name, the one text that this stands for; legs of a matrix are several. */
const listOf = (workflow: Workflow, job: Job | undefined, value: ScalarText | undefined): ScalarText | undefined => {
  if (value?.value.includes("${{") !== true) return value;
  const [only, ...more] = followExpression(workflow, job, value.value) ?? [];
  const followed = more.length > 0 ? undefined : scalarTextOf(workflow.nodes, only, workflow.text);
  return followed === undefined || followed.value.includes("${{") ? value : followed;
};

const monitorOf = (workflow: Workflow, job: Job | undefined, step: Step): MonitorStep => {
  const said = (name: string): string => inputText(workflow, step.inputs.get(name))?.value.trim() ?? "";
  return {
    step,
    job,
    jobs: jobsWith(workflow, step),
    mode: modeOf(said("egress-policy")),
    dialect: dialectOf(said("dialect")),
    list: listOf(workflow, job, inputText(workflow, step.inputs.get("allowed-endpoints"))),
  };
};

/** What a step of ours sets, as a policy that is compared with recorded runs; undefined where its dialect is not known. */
export const policyOfMonitor = (
  { step, job, jobs, mode, dialect, list }: MonitorStep,
  { text }: Workflow,
): Policy | undefined =>
  dialect === undefined
    ? undefined
    : {
        dialect,
        step,
        job,
        jobs,
        mode,
        isImplicit: false,
        lists: list === undefined ? [] : [readEndpoints(list, text)],
        value: list,
        isUnresolved: list?.value.includes("${{") === true,
      };

/** All steps of our Action in a file, in its order. One that several jobs have by an alias is one, at its anchor. */
export const monitorStepsOf = (workflow: Workflow): readonly MonitorStep[] => {
  const seen = new Set<unknown>();
  const take = (job: Job | undefined, steps: readonly Step[]): MonitorStep[] =>
    steps.flatMap((step) => {
      if (!usesRunglass(step) || seen.has(step.node)) return [];
      seen.add(step.node);
      return [monitorOf(workflow, job, step)];
    });
  return [
    ...workflow.jobs.flatMap((job) => take(job, job.steps)),
    ...take(undefined, [...workflow.actionSteps, ...workflow.straySteps]),
  ];
};

/** The lists of steps, each once for each way of reading it: several steps may have one, by an alias or by its name. */
export const distinctLists = (monitors: readonly MonitorStep[]): readonly MonitorStep[] => {
  const seen = new Map<unknown, Set<Dialect | undefined>>();
  return monitors.filter(({ list, dialect }) => {
    const dialects = seen.get(list?.node) ?? new Set();
    if (list === undefined || dialects.has(dialect)) return false;
    seen.set(list.node, dialects.add(dialect));
    return true;
  });
};
