import { nearestName } from "../../../../collector/policy/nearestName.ts";
import { INPUTS } from "../../model/actionInputs.ts";
import { OWN_INPUTS } from "../../model/ownInputs.ts";
import { replaceSpan } from "../../model/edits.ts";
import { keySpan, removeInput } from "../policy/support.ts";
import type { Finding, Rule } from "../rule.ts";

const THEIRS: readonly string[] = INPUTS;

export const unknownInput: Rule = {
  id: "runglass/unknown-input",
  severity: "error",
  title: "Runglass has no such input",
  why: "The runner hands unknown inputs on with a warning that nobody reads. Runglass refuses to start with one, as what it should have set would keep its default.",
  fix: "The input of the nearest name; one of Harden-Runner's is removed, which is not done unasked.",
  wrong: "allowed-endpoint: github.com",
  right: "allowed-endpoints: github.com",
  *check({ monitors, workflow }): Iterable<Finding> {
    for (const { step } of monitors) {
      for (const [name, input] of step.inputs) {
        if (OWN_INPUTS.includes(name)) continue;
        const span = keySpan(input);
        if (THEIRS.includes(name)) {
          const edit = removeInput(workflow, input);
          const fixes = edit === undefined ? [] : [{ title: "Remove it", edits: [edit], unsafe: true }];
          yield { ...span, message: `Runglass needs no "${name}", which is one of Harden-Runner's inputs`, fixes };
          continue;
        }
        const meant = nearestName(name.replaceAll(/[_ ]/g, "-"), OWN_INPUTS);
        const free = meant !== undefined && !step.inputs.has(meant);
        const fixes = free ? [{ title: `Write ${meant}`, edits: [replaceSpan(span, meant)] }] : [];
        const hint = meant === undefined ? "" : `: is it ${meant}?`;
        yield { ...span, message: `Runglass has no input "${name}", and the step fails${hint}`, fixes };
      }
    }
  },
};
