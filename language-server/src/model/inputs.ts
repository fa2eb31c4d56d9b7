// What a step gives an action, as the runner takes it.
import type { ScalarText } from "../yaml/scalarText.ts";
import { scalarTextOf, type KeyValue, type Workflow } from "./workflow.ts";

export const inputText = (workflow: Workflow, input: KeyValue | undefined): ScalarText | undefined =>
  scalarTextOf(workflow.nodes, input?.value, workflow.text);

/** A boolean input: absent is false; undefined where it is an expression, or what the runner's toolkit throws at (also nothing). */
export const truthOf = (workflow: Workflow, input: KeyValue | undefined): boolean | undefined => {
  if (input === undefined) return false;
  const value = inputText(workflow, input)?.value.trim() ?? "";
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  return /^(?:true|True|TRUE)$/.test(value) ? true : undefined;
};
