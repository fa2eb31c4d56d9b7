// What the steps of a job use, as far as their text shows it.
import { inputText } from "./inputs.ts";
import { isEmptyNode, type Job, type Step, type Workflow } from "./workflow.ts";

const SUDO = /(?:^|[\s;&|(`])sudo(?=\s|$)/m;
const CONTAINER_TOOL = /(?:^|[\s;&|(`])(?:docker|podman|buildx|docker-compose|kind|minikube|act)(?=\s|$)/m;
const CONTAINER_ACTION =
  /^(?:docker:\/\/|docker\/|hadolint\/|aquasecurity\/trivy-action|super-linter\/|github\/super-linter|helm\/kind-action|actions\/attest-build-provenance-docker)/i;

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

/** The labels of `runs-on`, also those that the matrix gives, each with the node that it stands in; expressions are left out. */
export const runnerLabels = (workflow: Workflow, job: Job): { readonly label: string; readonly node: unknown }[] => {
  const { nodes } = workflow;
  const labels: { label: string; node: unknown }[] = [];
  const take = (node: unknown): void => {
    const sequence = nodes.sequence(node);
    if (sequence !== undefined) return sequence.items.forEach((item) => take(item));
    const scalar = nodes.scalar(node);
    if (scalar === undefined) {
      take(nodes.value(node, "labels") ?? null);
      return;
    }
    const value = String(scalar.source ?? scalar.value ?? "").trim();
    const [, dotted] = /^\$\{\{\s*matrix\.([\w-]+)\s*\}\}$/.exec(value) ?? [];
    if (dotted !== undefined) for (const leg of job.matrix.get(dotted) ?? []) takeLeg(leg);
    else if (!value.includes("${{") && value !== "") labels.push({ label: value, node: nodes.resolve(node) });
  };
  const takeLeg = (node: unknown): void => {
    const scalar = nodes.scalar(node);
    const value = String(scalar?.source ?? scalar?.value ?? "").trim();
    if (value !== "" && !value.includes("${{")) labels.push({ label: value, node: nodes.resolve(node) });
    else if (nodes.sequence(node) !== undefined) nodes.sequence(node)?.items.forEach((item) => takeLeg(item));
  };
  if (job.runsOn !== undefined && !isEmptyNode(job.runsOn.value)) take(job.runsOn.value);
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
