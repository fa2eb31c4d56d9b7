// What the small runner hands to its worker, and what it gets back: JSON files, as they are two processes.
import type { ActionFile } from "./actionFile.ts";
import type { WorkflowStep } from "./workflowFile.ts";

export interface JobPlan {
  readonly job: string;
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly (WorkflowStep & {
    /** Where the step uses one; `local`: it is in the repository, so the runner runs no `pre` of it. */
    readonly action?: ActionFile & { readonly local: boolean };
  })[];
  /** What each step's process has besides. */
  readonly variables: Readonly<Record<string, string>>;
  /** What only actions get: how to reach the services. */
  readonly services: Readonly<Record<string, string>>;
  readonly node: string;
  readonly temp: string;
  readonly workspace: string;
  readonly diagnostics: string;
  readonly trackingId: string;
  readonly result: string;
}

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

export interface StepResult {
  readonly name: string;
  readonly conclusion: "success" | "failure" | "skipped";
  /** As the job's log shows it: masked. */
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface JobResult {
  readonly conclusion: "success" | "failure";
  readonly steps: readonly StepResult[];
  /** Pids that were still there at the job's end and belonged to it, and were killed. */
  readonly orphans: readonly number[];
}
