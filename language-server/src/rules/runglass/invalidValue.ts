import { nearestName } from "../../../../collector/policy/nearestName.ts";
import { inputText } from "../../model/inputs.ts";
import { OWN_INPUT_TEXTS } from "../../model/ownInputs.ts";
import { replaceValue } from "../policy/support.ts";
import type { Finding, Rule } from "../rule.ts";

/** Each input that is true or false is so in these three ways of writing it. */
const isTaken = (said: string, values: readonly string[]): boolean =>
  values.includes(said) || (values.includes("true") && /^(?:True|TRUE|False|FALSE)$/.test(said));

/** What the words mean that people write in the place of true and false. */
const TRUTHS: Readonly<Record<string, string>> = {
  yes: "true",
  y: "true",
  on: "true",
  "1": "true",
  no: "false",
  n: "false",
  off: "false",
  "0": "false",
};

export const invalidValue: Rule = {
  id: "runglass/invalid-value",
  severity: "error",
  title: "The input has no such value",
  why: "`egress-policy`, `dialect`, `on-unenforceable`, `upload` and what is true or false take a few words, letter by letter. With any other one the step fails, and nothing is watched.",
  fix: "The word that is meant; where that is a guess, not unasked.",
  wrong: "egress-policy: Block",
  right: "egress-policy: block",
  *check({ monitors, workflow }): Iterable<Finding> {
    for (const { step } of monitors) {
      for (const [name, input] of step.inputs) {
        const values = OWN_INPUT_TEXTS[name]?.values;
        const value = inputText(workflow, input);
        const said = value?.value.trim() ?? "";
        if (values === undefined || value === undefined || said === "" || said.includes("${{")) continue;
        if (isTaken(said, values)) continue;
        const folded = said.toLowerCase();
        const same = values.find((one) => one === folded || one === TRUTHS[folded]);
        const meant = same ?? nearestName(folded.replaceAll("_", "-"), values);
        const fix = meant === undefined ? undefined : { title: `Write ${meant}`, edits: [replaceValue(value, meant)] };
        const fixes = fix === undefined ? [] : [same === undefined ? { ...fix, unsafe: true } : fix];
        yield { ...value.span, message: `"${said}" is none of ${values.join(", ")}: the step fails`, fixes };
      }
    }
  },
};
