// A workflow or action file, as far as egress policies are concerned: jobs, steps, and what a step gives an action.
import { isMap, isScalar, isSeq, type Scalar, type YAMLMap } from "yaml";
import { Nodes, parseYaml, type ParsedYaml } from "../yaml/parse.ts";
import { ScalarText } from "../yaml/scalarText.ts";
import { mendJobs, strayStepsIn } from "./mendSteps.ts";

export { nodeSpan } from "../yaml/nodeSpan.ts";

export interface KeyValue {
  readonly key: Scalar;
  /** As it stands there: an alias is not followed. */
  readonly value: unknown;
}

export interface Step {
  readonly node: YAMLMap;
  readonly index: number;
  /** `uses`, where it has one. */
  readonly uses: ScalarText | undefined;
  readonly run: ScalarText | undefined;
  readonly condition: KeyValue | undefined;
  /** Inputs by their names in lower case, as the runner takes them. */
  readonly inputs: ReadonlyMap<string, KeyValue>;
  readonly withKey: Scalar | undefined;
  readonly env: ReadonlyMap<string, KeyValue>;
}

export interface Job {
  readonly id: string;
  readonly key: Scalar;
  readonly node: YAMLMap;
  readonly steps: readonly Step[];
  /** Another workflow that the job is. */
  readonly uses: KeyValue | undefined;
  readonly container: KeyValue | undefined;
  readonly runsOn: KeyValue | undefined;
  readonly permissions: KeyValue | undefined;
  readonly env: ReadonlyMap<string, KeyValue>;
  /** The legs of `strategy.matrix`: values of a key, from its axis and from `include`, where they stand. */
  readonly matrix: ReadonlyMap<string, readonly unknown[]>;
}

export type FileKind = "workflow" | "action" | "other";

export interface Workflow {
  readonly path: string;
  readonly text: string;
  readonly kind: FileKind;
  readonly nodes: Nodes;
  /** Where and why the file stops to be YAML, if it does. */
  readonly syntaxError: { readonly start: number; readonly message: string } | undefined;
  readonly root: YAMLMap | undefined;
  readonly name: ScalarText | undefined;
  readonly jobs: readonly Job[];
  /** Steps of a composite action. */
  readonly actionSteps: readonly Step[];
  /** Steps that use a judged action where no job or action is known to be, as around them something is half typed. */
  readonly straySteps: readonly Step[];
  readonly env: ReadonlyMap<string, KeyValue>;
  readonly permissions: KeyValue | undefined;
  /** `on`, and the inputs of `workflow_call` and `workflow_dispatch` by name. */
  readonly triggers: KeyValue | undefined;
  readonly inputs: ReadonlyMap<string, KeyValue>;
}

const WORKFLOW = /(?:^|[\\/])\.github[\\/]workflows[\\/][^\\/]+\.ya?ml$/i;
const ACTION = /(?:^|[\\/])action\.ya?ml$/i;

export const kindOf = (path: string): FileKind => {
  if (WORKFLOW.test(path)) return "workflow";
  return ACTION.test(path) ? "action" : "other";
};

/** A scalar of the file with its places. */
export const scalarTextOf = (nodes: Nodes, node: unknown, text: string): ScalarText | undefined => {
  const scalar = nodes.scalar(node);
  return scalar === undefined ? undefined : new ScalarText(scalar, text);
};

const keyed = (nodes: Nodes, node: unknown, fold = false): Map<string, KeyValue> => {
  const found = new Map<string, KeyValue>();
  for (const { name, key, value } of nodes.entries(node)) found.set(fold ? name.toLowerCase() : name, { key, value });
  return found;
};

const isNull = (value: unknown): boolean => value === null || (isScalar(value) && value.value === null);

/** GitHub makes no more jobs of a matrix. */
const MOST_LEGS = 256;

/** Where aliases make far more steps than a file has room for, jobs have none from some place on. */
const MOST_STEPS = 200_000;

class Reader {
  readonly #nodes: Nodes;
  readonly #text: string;
  #stepsLeft = MOST_STEPS;
  /** A list that many jobs share is read once. */
  readonly #known = new Map<unknown, readonly Step[]>();

  constructor(nodes: Nodes, text: string) {
    this.#nodes = nodes;
    this.#text = text;
  }

  steps(node: unknown): readonly Step[] {
    const sequence = this.#nodes.sequence(node);
    if (sequence === undefined || sequence.items.length > this.#stepsLeft) return [];
    this.#stepsLeft -= sequence.items.length;
    let steps = this.#known.get(sequence);
    if (steps === undefined) {
      steps = sequence.items.flatMap((item, index) => {
        const map = this.#nodes.map(item);
        return map === undefined ? [] : [this.step(map, index)];
      });
      this.#known.set(sequence, steps);
    }
    return steps;
  }

  step(node: YAMLMap, index: number): Step {
    const entry = (name: string): KeyValue | undefined => this.#nodes.entry(node, name);
    const text = (name: string): ScalarText | undefined => scalarTextOf(this.#nodes, entry(name)?.value, this.#text);
    // One that is only being typed does not hide the one that is there.
    const given =
      this.#nodes.entries(node).findLast((one) => one.name === "with" && !isNull(one.value)) ?? entry("with");
    return {
      node,
      index,
      uses: text("uses"),
      run: text("run"),
      condition: entry("if"),
      inputs: keyed(this.#nodes, given?.value, true),
      withKey: given?.key,
      env: keyed(this.#nodes, entry("env")?.value),
    };
  }

  job(id: string, key: Scalar, node: YAMLMap): Job {
    const entry = (name: string): KeyValue | undefined => this.#nodes.entry(node, name);
    return {
      id,
      key,
      node,
      steps: this.steps(entry("steps")?.value),
      uses: entry("uses"),
      container: entry("container"),
      runsOn: entry("runs-on"),
      permissions: entry("permissions"),
      env: keyed(this.#nodes, entry("env")?.value),
      matrix: this.#matrix(entry("strategy")?.value),
    };
  }

  #matrix(strategy: unknown): Map<string, unknown[]> {
    const values = new Map<string, unknown[]>();
    const add = (name: string, value: unknown): void => {
      const legs = values.get(name);
      if (legs === undefined) values.set(name, [value]);
      else if (legs.length < MOST_LEGS) legs.push(value);
    };
    for (const { name, value } of this.#nodes.entries(this.#nodes.value(strategy, "matrix"))) {
      const items = this.#nodes.sequence(value)?.items ?? [];
      if (name === "exclude") continue;
      for (const item of items) {
        if (name !== "include") add(name, item);
        else for (const one of this.#nodes.entries(item)) add(one.name, one.value);
      }
    }
    return values;
  }
}

const syntaxErrorOf = ({ errors }: ParsedYaml): Workflow["syntaxError"] => {
  const [first] = errors ?? [];
  return first === undefined ? undefined : { start: first.pos[0], message: first.message.split("\n")[0] ?? "" };
};

/** Reads a file. What it does not hold, or what is broken, is missing in the model; nothing throws. */
export const readWorkflow = (path: string, text: string): Workflow => {
  const parsed = parseYaml(text);
  const { root, errors } = parsed;
  const nodes = new Nodes(parsed.document);
  const reader = new Reader(nodes, text);
  const top = isMap(root) ? root : undefined;
  const kind = kindOf(path);
  const entry = (name: string): KeyValue | undefined => nodes.entry(top, name);
  // YAML 1.1 reads the key `on` as true; this parser does not.
  const triggers = entry("on");
  const whole = nodes.entries(entry("jobs")?.value).flatMap(({ name, key, value }) => {
    const node = nodes.map(value);
    return node === undefined ? [] : [reader.job(name, key, node)];
  });
  const inputs = new Map<string, KeyValue>();
  for (const trigger of ["workflow_call", "workflow_dispatch"]) {
    for (const [name, value] of keyed(nodes, nodes.value(nodes.value(triggers?.value, trigger), "inputs")))
      inputs.set(name, value);
  }
  if (kind === "action") for (const [name, value] of keyed(nodes, entry("inputs")?.value)) inputs.set(name, value);
  const actionSteps = reader.steps(nodes.value(entry("runs")?.value, "steps"));
  const readStep = (node: YAMLMap): Step => reader.step(node, 0);
  const isBroken = errors === undefined || errors.length > 0;
  const { jobs, straySteps } = isBroken
    ? mendJobs(text, whole, actionSteps, readStep)
    : {
        jobs: whole,
        straySteps: strayStepsIn(text, top, [...whole.flatMap(({ steps }) => steps), ...actionSteps], readStep),
      };
  return {
    path,
    text,
    kind,
    nodes,
    syntaxError: syntaxErrorOf(parsed),
    root: top,
    name: scalarTextOf(nodes, entry("name")?.value, text),
    jobs,
    actionSteps,
    straySteps,
    env: keyed(nodes, entry("env")?.value),
    permissions: entry("permissions"),
    triggers,
    inputs,
  };
};

/** Whether a node holds anything. */
export const isEmptyNode = (node: unknown): boolean =>
  node === null ||
  node === undefined ||
  (isMap(node) && node.items.length === 0) ||
  (isSeq(node) && node.items.length === 0);
