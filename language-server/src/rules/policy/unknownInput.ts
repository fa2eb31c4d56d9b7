import { INPUTS, nearestInput } from "../../model/actionInputs.ts";
import { addToList, replaceSpan } from "../../model/edits.ts";
import { inputText } from "../../model/inputs.ts";
import type { Policy } from "../../model/policies.ts";
import type { KeyValue, Workflow } from "../../model/workflow.ts";
import type { Finding, Fix, Rule } from "../rule.ts";
import { keySpan, removeInput } from "./support.ts";

/** Of one that stands beside the input that is meant: its entries join the list, and it goes. */
const besideMeant = (workflow: Workflow, policy: Policy, input: KeyValue, meant: string): readonly Fix[] => {
  const removal = removeInput(workflow, input);
  if (removal === undefined) return [];
  const remove: Fix = { title: "Remove it", edits: [removal], unsafe: true };
  const value = meant === "allowed-endpoints" ? inputText(workflow, input) : undefined;
  const [list] = policy.lists;
  if (value === undefined || list === undefined || policy.isUnresolved || value.value.includes("${{")) return [remove];
  const listed = new Set(list.entries.map(({ text }) => text));
  const words = value.words().map(({ text }) => text);
  const more = words.filter((word) => !listed.has(word));
  const edit =
    more.length === 0 || words.some((word) => word.startsWith("#"))
      ? undefined
      : addToList(workflow.text, list, more.join(" "));
  const join = { title: `Move its entries to ${meant}`, unsafe: true };
  return edit === undefined ? [remove] : [{ ...join, edits: [edit, removal] }, remove];
};

export const unknownInput: Rule = {
  id: "policy/unknown-input",
  severity: "error",
  title: "The action has no such input",
  why: "The runner passes over unknown inputs with a warning that nobody reads; what the misspelt one should have set keeps its default.",
  fix: "The input of the nearest name. Where the step has that already: the entries of a list join the other one, or the input is removed, which is not done unasked.",
  wrong: "allowed-endpoint: github.com:443",
  right: "allowed-endpoints: github.com:443",
  *check({ policies, workflow }): Iterable<Finding> {
    for (const policy of policies) {
      const { step } = policy;
      for (const [name, input] of step.inputs) {
        if ((INPUTS as readonly string[]).includes(name)) continue;
        const meant = nearestInput(name);
        const span = keySpan(input);
        const free = meant !== undefined && !step.inputs.has(meant);
        const fixes = free
          ? [{ title: `Write ${meant}`, edits: [replaceSpan(span, meant)] }]
          : meant === undefined
            ? []
            : besideMeant(workflow, policy, input, meant);
        const hint = meant === undefined ? "" : `: is it ${meant}?`;
        yield { ...span, message: `harden-runner has no input "${name}"${hint}`, fixes };
      }
    }
  },
};
