// What to put into a list that has nothing.
import { addInput, replaceInput } from "../../model/inputEdits.ts";
import type { Step, Workflow } from "../../model/workflow.ts";
import type { SeenEndpoint } from "../../observed/jobRuns.ts";
import type { Fix } from "../rule.ts";

/** What a checkout needs, and nearly every other step that talks to GitHub. */
const LEAST = ["api.github.com:443", "github.com:443"];

/** What the recorded runs needed, else the least that any job needs. */
export const listFixes = (
  workflow: Workflow,
  step: Step,
  header: ">" | "|",
  seen: readonly SeenEndpoint[],
): readonly Fix[] => {
  const offer = (title: string, entries: readonly string[]): Fix[] => {
    const lines = [`allowed-endpoints: ${header}`, ...entries.map((entry) => `  ${entry}`)];
    const input = step.inputs.get("allowed-endpoints");
    const edit = input === undefined ? addInput(workflow, step, lines) : replaceInput(workflow, step, input, lines);
    return edit === undefined ? [] : [{ title, edits: [edit], unsafe: true }];
  };
  const needed = seen.map(({ text }) => text);
  return [
    ...(needed.length === 0 ? [] : offer(`Allow the ${needed.length} endpoints of the recorded runs`, needed)),
    ...offer("Allow GitHub, for the checkout", LEAST),
  ];
};
