// Edits of one step that are made one after the other, each of the file as those before it have left it. So none has to know
// what another one does to the lines beside it.
import { applyEdits } from "../lint/applyFixes.ts";
import { difference } from "../model/difference.ts";
import { readWorkflow, type Job, type Step, type Workflow } from "../model/workflow.ts";
import type { TextEdit } from "../yaml/span.ts";

export class StepEditor {
  readonly #before: string;
  readonly #job: string | undefined;
  readonly #at: number;
  #workflow: Workflow;
  #failed = false;

  constructor(workflow: Workflow, job: Job | undefined, step: Step) {
    this.#before = workflow.text;
    this.#workflow = workflow;
    this.#job = job?.id;
    this.#at = step.index;
  }

  get workflow(): Workflow {
    return this.#workflow;
  }

  /** The step as it is now. */
  get step(): Step | undefined {
    const { jobs, actionSteps } = this.#workflow;
    const steps = this.#job === undefined ? actionSteps : jobs.find(({ id }) => id === this.#job)?.steps;
    return steps?.find(({ index }) => index === this.#at);
  }

  /** Makes the edit that `edit` gives; where there is none, the whole change cannot be made. */
  apply(edit: (workflow: Workflow, step: Step) => TextEdit | undefined): void {
    const { step } = this;
    const made = step === undefined ? undefined : edit(this.#workflow, step);
    if (made === undefined) this.#failed = true;
    else this.#workflow = readWorkflow(this.#workflow.path, applyEdits(this.#workflow.text, [made]));
  }

  /** All of it as one edit of the file; undefined where one of the edits could not be made. */
  get result(): TextEdit | undefined {
    return this.#failed ? undefined : difference(this.#before, this.#workflow.text);
  }
}
