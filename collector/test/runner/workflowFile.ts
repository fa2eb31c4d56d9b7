// The part of a workflow that the small runner runs: one job, its environment and steps. Expressions are those of the form
// `${{ env.NAME }}`, `${{ github.NAME }}` and `${{ steps.ID.outputs.NAME }}`.
import assert from "node:assert/strict";
import { parse } from "yaml";

type Strings = Readonly<Record<string, string>>;

export interface WorkflowStep {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly if: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
  readonly with: Strings;
  readonly env: Strings;
  readonly continueOnError: boolean;
}

export interface WorkflowJob {
  readonly workflow: string;
  readonly id: string;
  readonly env: Strings;
  readonly steps: readonly WorkflowStep[];
}

type Mapping = Readonly<Record<string, unknown>>;

const mapping = (value: unknown, what: string): Mapping => {
  if (value === undefined || value === null) return {};
  assert.ok(typeof value === "object" && !Array.isArray(value), `${what} is a mapping`);
  return value as Mapping;
};

const text = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value as string | number | boolean);

const strings = (value: unknown, what: string): Strings =>
  Object.fromEntries(Object.entries(mapping(value, what)).map(([name, one]) => [name, text(one) ?? ""]));

/** Reads the only job of a workflow. */
export const parseWorkflow = (source: string): WorkflowJob => {
  const workflow = mapping(parse(source), "a workflow");
  const jobs = Object.entries(mapping(workflow["jobs"], "jobs"));
  assert.equal(jobs.length, 1, "the small runner runs one job");
  const [id, body] = jobs[0]!;
  const job = mapping(body, "a job");
  assert.ok(Array.isArray(job["steps"]), "a job has steps");
  const steps = (job["steps"] as unknown[]).map((value): WorkflowStep => {
    const step = mapping(value, "a step");
    return {
      id: text(step["id"]),
      name: text(step["name"]),
      if: text(step["if"]),
      uses: text(step["uses"]),
      run: text(step["run"]),
      with: strings(step["with"], "with"),
      env: strings(step["env"], "env"),
      continueOnError: step["continue-on-error"] === true,
    };
  });
  const env = { ...strings(workflow["env"], "env"), ...strings(job["env"], "env") };
  return { workflow: text(workflow["name"]) ?? "workflow", id, env, steps };
};
