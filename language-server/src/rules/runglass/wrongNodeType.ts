import { structuredInputs } from "../policy/wrongNodeType.ts";
import type { Finding, Rule } from "../rule.ts";

export const wrongNodeType: Rule = {
  id: "runglass/wrong-node-type",
  severity: "error",
  title: "An input is a list or a map instead of a text",
  why: "Inputs of actions are texts; the runner refuses a workflow with anything else. `a: 443` with a blank is a map, `- a:443` a sequence.",
  fix: "The same entries as one text. None for inputs other than the list.",
  wrong: "allowed-endpoints:\n  - github.com",
  right: "allowed-endpoints: |\n  github.com",
  *check({ monitors, workflow, text }): Iterable<Finding> {
    for (const { step } of monitors) yield* structuredInputs(workflow, text, step, "|");
  },
};
