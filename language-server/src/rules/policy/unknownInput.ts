import { INPUTS, nearestInput } from "../../model/actionInputs.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { Finding, Rule } from "../rule.ts";
import { keySpan } from "./support.ts";

export const unknownInput: Rule = {
  id: "policy/unknown-input",
  severity: "error",
  title: "The action has no such input",
  why: "The runner passes over unknown inputs with a warning that nobody reads; what the misspelt one should have set keeps its default.",
  fix: "The input of the nearest name, where the step does not have that yet.",
  wrong: "allowed-endpoint: github.com:443",
  right: "allowed-endpoints: github.com:443",
  *check({ policies }): Iterable<Finding> {
    for (const { step } of policies) {
      for (const [name, input] of step.inputs) {
        if ((INPUTS as readonly string[]).includes(name)) continue;
        const meant = nearestInput(name);
        const span = keySpan(input);
        const free = meant !== undefined && !step.inputs.has(meant);
        const fixes = free ? [{ title: `Write ${meant}`, edits: [replaceSpan(span, meant)] }] : [];
        const hint = meant === undefined ? "" : `: is it ${meant}?`;
        yield { ...span, message: `harden-runner has no input "${name}"${hint}`, fixes };
      }
    }
  },
};
