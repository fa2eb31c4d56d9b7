// What the steps of a job use, as far as their text shows it.
import { inputText } from "./inputs.ts";
import { isEmptyNode, type Job, type Step, type Workflow } from "./workflow.ts";

/** Where a shell takes the next word for a command: at the start of a line, behind an operator, a keyword, or a variable set for it. */
const COMMAND = String.raw`(?:^|[;&|({!\x60]|\b(?:then|do|else|if|elif|while|until|time|exec|env|xargs|nohup|nice(?:[ \t]+-n)?(?:[ \t]+-?\d+)?|timeout(?:[ \t]+-\S+(?:[ \t]+\d\S*)?)*[ \t]+\d\S*)[ \t])[ \t]*(?:-\S+[ \t]+)*(?:[\w]+=\S*[ \t]+)*`;
const SUDO = new RegExp(`${COMMAND}sudo(?=\\s|$)`, "m");
const CONTAINER_TOOL = new RegExp(
  `${COMMAND}(?:sudo[ \\t]+(?:-\\S+[ \\t]+)*)?(?:docker|podman|buildx|docker-compose|kind|minikube|act)(?=\\s|$)`,
  "m",
);
const CONTAINER_ACTION =
  /^(?:docker:\/\/|docker\/(?!metadata-action)|hadolint\/|super-linter\/|github\/super-linter|helm\/kind-action)/i;

const runs = ({ run }: Step, pattern: RegExp): boolean => run !== undefined && pattern.test(run.value);

/** The step of a job that calls sudo, if one does. */
export const sudoStep = (job: Job): Step | undefined => job.steps.find((step) => runs(step, SUDO));

/** Does the job use containers: its own, services, actions that are one, or commands for them? */
export const usesContainers = (workflow: Workflow, job: Job): boolean => {
  const services = workflow.nodes.value(job.node, "services");
  if (job.container !== undefined && !isEmptyNode(job.container.value)) return true;
  if (services !== undefined && !isEmptyNode(services)) return true;
  return job.steps.some((step) => runs(step, CONTAINER_TOOL) || CONTAINER_ACTION.test(step.uses?.value.trim() ?? ""));
};

/** The values of a key of the matrix, or of a key of the maps that it has, as in `matrix.target.os`. */
const legsOf = ({ nodes }: Workflow, job: Job, [key = "", ...inner]: readonly string[]): readonly unknown[] =>
  inner.reduce<readonly unknown[]>(
    (legs, name) => legs.flatMap((leg) => nodes.value(leg, name) ?? []),
    job.matrix.get(key) ?? [],
  );

/** The labels of `runs-on`, also those that the matrix gives, each with the node that it stands in; expressions are left out. */
export const runnerLabels = (workflow: Workflow, job: Job): { readonly label: string; readonly node: unknown }[] => {
  const { nodes } = workflow;
  const labels: { label: string; node: unknown }[] = [];
  const take = (node: unknown, isLeg: boolean): void => {
    const sequence = nodes.sequence(node);
    if (sequence !== undefined) {
      // A list inside of a list is no label.
      for (const item of sequence.items) if (nodes.sequence(item) === undefined) take(item, isLeg);
      return;
    }
    const scalar = nodes.scalar(node);
    const value = String(scalar?.source ?? scalar?.value ?? "").trim();
    const [, path] = /^\$\{\{\s*matrix\.([\w.-]+)\s*\}\}$/.exec(value) ?? [];
    if (path !== undefined && !isLeg) for (const leg of legsOf(workflow, job, path.split("."))) take(leg, true);
    else if (value !== "" && !value.includes("${{")) labels.push({ label: value, node: nodes.resolve(node) });
  };
  const given = job.runsOn?.value;
  if (given !== undefined && !isEmptyNode(given))
    take(nodes.map(given) === undefined ? given : nodes.value(given, "labels"), false);
  return labels;
};

/** `id-token: write`, or `write-all`, at the job or the workflow. */
export const mayWrite = (workflow: Workflow, job: Job | undefined, permission: string): boolean => {
  const given = job?.permissions ?? workflow.permissions;
  if (given === undefined) return false;
  const all = workflow.nodes.scalar(given.value);
  if (all !== undefined) return String(all.value) === "write-all";
  return inputText(workflow, workflow.nodes.entry(given.value, permission))?.value.trim() === "write";
};
