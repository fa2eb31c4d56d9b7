import { BOOLEAN_INPUTS } from "../../model/actionInputs.ts";
import { inputText, truthOf } from "../../model/inputs.ts";
import type { Finding, Rule } from "../rule.ts";
import { replaceValue } from "./support.ts";

const MEANT: Readonly<Record<string, boolean>> = {
  yes: true,
  y: true,
  on: true,
  "1": true,
  enabled: true,
  no: false,
  n: false,
  off: false,
  "0": false,
  disabled: false,
};

const meaning = (said: string): boolean | undefined => {
  const folded = said.toLowerCase();
  return folded === "true" ? true : folded === "false" ? false : MEANT[folded];
};

export const booleanInput: Rule = {
  id: "policy/boolean-input",
  severity: "error",
  title: "The value is neither true nor false",
  why: "The runner's toolkit takes true, True, TRUE, false, False and FALSE, and throws at anything else (yes, on, 1): the step fails.",
  fix: "`true` or `false`, where it is clear which of them is meant.",
  wrong: "disable-sudo: yes",
  right: "disable-sudo: true",
  *check({ policies, workflow }): Iterable<Finding> {
    for (const { step } of policies) {
      for (const [name, input] of step.inputs) {
        const value = BOOLEAN_INPUTS.has(name) ? inputText(workflow, input) : undefined;
        const said = value?.value.trim() ?? "";
        if (value === undefined || said.includes("${{") || truthOf(workflow, input) !== undefined) continue;
        const meant = meaning(said);
        const fixes =
          meant === undefined ? [] : [{ title: `Write ${meant}`, edits: [replaceValue(value, String(meant))] }];
        yield {
          ...(value.isBlock ? value.content : value.span),
          message: `"${said}" is neither true nor false, so the step fails`,
          fixes,
        };
      }
    }
  },
};
