// Adds entries to the list of a step, as that is written; what is there already is left out.
import { addToList } from "../model/edits.ts";
import { readEndpoints } from "../model/endpoints.ts";
import { addInput, replaceInput } from "../model/inputEdits.ts";
import { inputText } from "../model/inputs.ts";
import type { Job, Step } from "../model/workflow.ts";
import type { TextEdit } from "../yaml/span.ts";
import type { Refusal, RewriteContext } from "./refactoring.ts";
import { StepEditor } from "./stepEditor.ts";

export interface ListTarget {
  readonly step: Step;
  readonly job: Job | undefined;
  /** Its list is in our own dialect. */
  readonly isOurs: boolean;
}

/** The edit, and the entries that were not there; `nothing` is what to say where all were. */
export const addEntries = (
  { workflow }: RewriteContext,
  { step, job, isOurs }: ListTarget,
  entries: readonly string[],
  nothing: string,
): { readonly edit: TextEdit; readonly added: readonly string[] } | Refusal => {
  const given = inputText(workflow, step.inputs.get("allowed-endpoints"));
  const known = new Set(given?.words().map(({ text }) => text));
  const wanted = [...new Set(entries)].filter((entry) => !known.has(entry));
  if (wanted.length === 0) return { problem: nothing };
  if (given?.value.includes("${{") === true) return { problem: "The step's list is an expression." };
  const editor = new StepEditor(workflow, job, step);
  if (given === undefined || given.value.trim() === "") {
    const lines = [`allowed-endpoints: ${isOurs ? "|" : ">"}`, ...wanted.map((entry) => `  ${entry}`)];
    editor.apply((now, at) => {
      const input = at.inputs.get("allowed-endpoints");
      return input === undefined ? addInput(now, at, lines) : replaceInput(now, at, input, lines);
    });
  } else {
    for (const entry of wanted) {
      editor.apply((now, at) => {
        const scalar = inputText(now, at.inputs.get("allowed-endpoints"));
        return scalar === undefined ? undefined : addToList(now.text, readEndpoints(scalar, now.text), entry);
      });
    }
  }
  const edit = editor.result;
  if (edit === undefined) return { problem: "The list cannot take these entries as it is written: use a block (|)." };
  return { edit, added: wanted };
};
