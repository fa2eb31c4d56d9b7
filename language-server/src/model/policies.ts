// The steps that set an egress policy: those that use StepSecurity's Harden-Runner, whatever the case of letters. No other
// action is judged by its grammar.
import type { Dialect } from "../../../collector/policy/policy.ts";
import type { ScalarText } from "../yaml/scalarText.ts";
import { readEndpoints, type EndpointList } from "./endpoints.ts";
import { scalarTextOf, type Job, type KeyValue, type Step, type Workflow } from "./workflow.ts";

export type Mode = "audit" | "block" | "invalid" | "unknown";

export interface Policy {
  /** Who reads the lists. */
  readonly dialect: Dialect;
  readonly step: Step;
  /** The job that it belongs to; undefined in a composite action. */
  readonly job: Job | undefined;
  /** All jobs that have the step, where they share it by an alias. */
  readonly jobs: readonly Job[];
  readonly mode: Mode;
  /** Nothing says the mode, so that it is the action's default: block. */
  readonly isImplicit: boolean;
  /** The literal lists of endpoints: the step's own, or those of the matrix, inputs or env that it names. */
  readonly lists: readonly EndpointList[];
  /** The step's own value, where it is a scalar. */
  readonly value: ScalarText | undefined;
  /** The list is, or depends on, what nobody can know here. */
  readonly isUnresolved: boolean;
}

const HARDEN_RUNNER = /^step-security\/harden-runner(?:\/[^@]*)?(?:@|$)/i;

export const usesHardenRunner = (step: Step): boolean => HARDEN_RUNNER.test(step.uses?.value.trim() ?? "");

const EXPRESSION = /^\$\{\{([^]*)\}\}$/;
const REFERENCE = /^\s*(matrix|inputs|env)(?:\.([\w-]+)|\[\s*'([^']+)'\s*\])\s*$/;

/** The scalars that an expression which is nothing but a name stands for; undefined where nobody can know them. */
export const followExpression = (
  workflow: Workflow,
  job: Job | undefined,
  value: string,
): readonly unknown[] | undefined => {
  const inner = EXPRESSION.exec(value.trim())?.[1];
  const [, context, dotted, quoted] = REFERENCE.exec(inner ?? "") ?? [];
  const name = dotted ?? quoted ?? "";
  if (context === "matrix") {
    const values = job?.matrix.get(name);
    return values === undefined || values.length === 0 ? undefined : values;
  }
  if (context === "inputs") {
    const input = workflow.inputs.get(name);
    const fallback = input === undefined ? undefined : workflow.nodes.entry(input.value, "default");
    return fallback === undefined ? undefined : [fallback.value];
  }
  if (context === "env") {
    const found = job?.env.get(name) ?? workflow.env.get(name);
    return found === undefined ? undefined : [found.value];
  }
  return undefined;
};

interface Lists {
  readonly lists: readonly EndpointList[];
  readonly value: ScalarText | undefined;
  readonly isUnresolved: boolean;
}

const listsOf = (workflow: Workflow, job: Job | undefined, input: KeyValue | undefined): Lists => {
  const { nodes, text } = workflow;
  const value = scalarTextOf(nodes, input?.value, text);
  if (value === undefined) return { lists: [], value, isUnresolved: false };
  const listIn = (node: unknown): EndpointList[] => {
    const scalar = scalarTextOf(nodes, node, text);
    return scalar === undefined ? [] : [readEndpoints(scalar, text)];
  };
  const own = listIn(input?.value);
  const lists: EndpointList[] = EXPRESSION.test(value.value.trim()) ? [] : [...own];
  let isUnresolved = false;
  for (const entry of own.flatMap(({ entries }) => entries.filter(({ isExpression }) => isExpression))) {
    const followed = followExpression(workflow, job, entry.text)?.flatMap((node) => listIn(node));
    if (followed === undefined || followed.some(({ entries }) => entries.some(({ isExpression }) => isExpression)))
      isUnresolved = true;
    lists.push(...(followed ?? []));
  }
  return { lists, value, isUnresolved };
};

const literal = (text: string): Mode => (text === "audit" || text === "block" ? text : "invalid");

const modeOf = (
  workflow: Workflow,
  job: Job | undefined,
  input: KeyValue | undefined,
): Pick<Policy, "mode" | "isImplicit"> => {
  const value = scalarTextOf(workflow.nodes, input?.value, workflow.text)?.value.trim();
  if (value === undefined) return { mode: "block", isImplicit: input === undefined };
  if (!value.includes("${{")) return { mode: literal(value), isImplicit: false };
  const [only, ...more] = followExpression(workflow, job, value) ?? [];
  const followed = only === undefined ? undefined : scalarTextOf(workflow.nodes, only, workflow.text)?.value.trim();
  return { mode: followed === undefined || more.length > 0 ? "unknown" : literal(followed), isImplicit: false };
};

/** Of each file once: a file may have as many steps as it likes. */
const jobsByStep = new WeakMap<Workflow, ReadonlyMap<unknown, readonly Job[]>>();

/** The jobs that have a step: several where they share it, or all of their steps, by an alias. */
export const jobsWith = (workflow: Workflow, { node }: Step): readonly Job[] => {
  let known = jobsByStep.get(workflow);
  if (known === undefined) {
    const all = new Map<unknown, Job[]>();
    for (const job of workflow.jobs) {
      for (const step of job.steps) {
        const jobs = all.get(step.node);
        if (jobs === undefined) all.set(step.node, [job]);
        else jobs.push(job);
      }
    }
    jobsByStep.set(workflow, (known = all));
  }
  return known.get(node) ?? [];
};

const policyOf = (workflow: Workflow, job: Job | undefined, step: Step): Policy => ({
  dialect: "harden-runner",
  step,
  job,
  jobs: jobsWith(workflow, step),
  ...modeOf(workflow, job, step.inputs.get("egress-policy")),
  ...listsOf(workflow, job, step.inputs.get("allowed-endpoints")),
});

/** All policies of a file, in its order. A step that several jobs have by an alias is one, at its anchor. */
export const policiesOf = (workflow: Workflow): readonly Policy[] => {
  const seen = new Set<unknown>();
  const take = (job: Job | undefined, steps: readonly Step[]): Policy[] =>
    steps.flatMap((step) => {
      if (!usesHardenRunner(step) || seen.has(step.node)) return [];
      seen.add(step.node);
      return [policyOf(workflow, job, step)];
    });
  return [
    ...workflow.jobs.flatMap((job) => take(job, job.steps)),
    ...take(undefined, [...workflow.actionSteps, ...workflow.straySteps]),
  ];
};
