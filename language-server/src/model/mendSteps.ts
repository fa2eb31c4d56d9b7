// What is half typed above or beside a step must not hide it: steps that the parser has lost are found by their lines.
import { isScalar, visit, type YAMLMap } from "yaml";
import { nodeSpan } from "../yaml/nodeSpan.ts";
import { JUDGED_ACTIONS, recoverSteps } from "../yaml/recoverSteps.ts";
import type { Job, Step } from "./workflow.ts";

const ACTION = new RegExp(`^(?:${JUDGED_ACTIONS})(?=[@/]|$)`, "i");
const NAMED = new RegExp(JUDGED_ACTIONS, "gi");

const usesAction = ({ uses }: Step): boolean => ACTION.test(uses?.value.trim() ?? "");
const placeOf = (step: Step): number => step.uses?.span.start ?? -1;

/** Does the parser's step have all that its lines hold, at the same places? */
const isWhole = (parsed: Step, recovered: Step): boolean =>
  [...recovered.inputs].every(([name, input]) => {
    const own = parsed.inputs.get(name);
    if (own === undefined || nodeSpan(own.key).start !== nodeSpan(input.key).start) return false;
    const [a, b] = [own.value, input.value];
    return isScalar(a) && isScalar(b) ? a.source === b.source && nodeSpan(a).start === nodeSpan(b).start : !isScalar(b);
  });

/** The jobs of a file that cannot be parsed as a whole, with the steps that their lines show. */
export const mendJobs = (
  text: string,
  parsed: readonly Job[],
  actionSteps: readonly Step[],
  readStep: (node: YAMLMap) => Step,
): { readonly jobs: readonly Job[]; readonly straySteps: readonly Step[] } => {
  const straySteps: Step[] = [];
  const steps = new Map(parsed.map((job) => [job, [...job.steps]]));
  const holders = new Map<number, Step[]>();
  for (const some of steps.values()) for (const one of some) if (usesAction(one)) holders.set(placeOf(one), some);
  for (const { node, usesAt, above } of recoverSteps(text)) {
    const step = readStep(node);
    const holder = holders.get(usesAt);
    const own = holder?.findIndex((one) => placeOf(one) === usesAt) ?? -1;
    const known = own < 0 ? actionSteps.find((one) => placeOf(one) === usesAt) : holder?.[own];
    if (known !== undefined && isWhole(known, step)) continue;
    if (holder !== undefined && own >= 0) {
      holder[own] = { ...step, index: holder[own]?.index ?? own };
      continue;
    }
    const job = parsed.find(({ key }) =>
      above.some(({ start, end }) => nodeSpan(key).start >= start && nodeSpan(key).start < end),
    );
    const others = job === undefined ? undefined : steps.get(job);
    if (others === undefined) straySteps.push(step);
    else {
      const index = others.filter((one) => nodeSpan(one.node).start < usesAt).length;
      others.splice(index, 0, { ...step, index });
    }
  }
  return { jobs: parsed.map((job) => ({ ...job, steps: steps.get(job) ?? job.steps })), straySteps };
};

/** Judged steps that stand in no `steps` of a job, as a key above them is half typed. */
export const strayStepsIn = (
  text: string,
  root: YAMLMap | undefined,
  known: readonly Step[],
  readStep: (node: YAMLMap) => Step,
): readonly Step[] => {
  const wanted = text.match(NAMED)?.length ?? 0;
  if (root === undefined || known.filter((step) => usesAction(step)).length >= wanted) return [];
  const seen = new Set<unknown>(known.map(({ node }) => node));
  const found: Step[] = [];
  visit(root, {
    Map: (_, node) => {
      const uses = node.get("uses", true);
      if (!seen.has(node) && isScalar(uses) && ACTION.test(String(uses.value))) found.push(readStep(node));
    },
  });
  return found;
};
