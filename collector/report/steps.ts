// What happened in each workflow step.
import type { RunEvent, StepEnd, StepInfo, StepStart } from "../protocol/events.ts";
import type { Listed, StepSummary } from "./runSummary.ts";

const MOST_STEPS = 2_000;

type Counted = { -readonly [K in keyof StepSummary]: StepSummary[K] };
interface Step {
  readonly summary: Counted;
  startedAt: number | undefined;
}

export class StepTally {
  readonly #steps = new Map<string, Step>();
  #unlisted = false;

  start({ t, stepInfo }: StepStart): void {
    const step = this.#described(stepInfo);
    if (step !== undefined) step.startedAt = t;
  }

  end({ t, stepInfo, conclusion }: StepEnd): void {
    const step = this.#described(stepInfo);
    if (step === undefined) return;
    if (conclusion !== undefined) step.summary.conclusion = conclusion;
    if (step.startedAt !== undefined) step.summary.durationUs = Math.max(0, t - step.startedAt);
  }

  /** Counts an event to the step that it belongs to; `isNew`: it is the first of its process. */
  take(event: RunEvent, isNew: boolean): void {
    const summary = event.step === undefined ? undefined : this.#stepOf(event.step)?.summary;
    if (summary === undefined) return;
    if (event.type === "net.connect") summary.connections += 1;
    else if (event.type === "file.write") summary.fileOperations += event.count ?? 1;
    else if (event.type === "process.exec" && isNew) {
      summary.processes += 1;
      if (event.detached === true) summary.detached += 1;
    }
  }

  /** At most `most` steps, in the order in which they began. */
  list(most: number): Listed<StepSummary> {
    const items = [...this.#steps.values()].slice(0, most).map(({ summary }) => ({ ...summary }));
    return { items, omitted: this.#steps.size - items.length + (this.#unlisted ? 1 : 0) };
  }

  #described({ id, name, number }: StepInfo): Step | undefined {
    const step = this.#stepOf(id);
    if (step === undefined) return undefined;
    if (name !== undefined) step.summary.name = name;
    if (number !== undefined) step.summary.number = number;
    return step;
  }

  #stepOf(id: string): Step | undefined {
    let step = this.#steps.get(id);
    if (step !== undefined) return step;
    if (this.#steps.size >= MOST_STEPS) {
      this.#unlisted = true;
      return undefined;
    }
    const summary = { id, name: id, processes: 0, detached: 0, connections: 0, fileOperations: 0 };
    step = { summary, startedAt: undefined };
    this.#steps.set(id, step);
    return step;
  }
}
