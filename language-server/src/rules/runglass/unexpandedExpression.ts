import { inputText } from "../../model/inputs.ts";
import { unexpandedIn } from "../../model/unexpanded.ts";
import { textAt } from "../../yaml/span.ts";
import type { Finding, Rule } from "../rule.ts";

export const unexpandedExpression: Rule = {
  id: "runglass/unexpanded-expression",
  severity: "error",
  title: "Nobody expands this",
  why: "The runner expands `${{ … }}` in inputs and nothing else: no shell ever sees them. Runglass gets the text as it stands here, and refuses to start with it.",
  fix: "None: what the shell or template would have put there is known nowhere in the file.",
  wrong: "allowed-endpoints: $HOSTS",
  right: "allowed-endpoints: ${{ vars.HOSTS }}",
  *check({ monitors, workflow, text }): Iterable<Finding> {
    for (const { step } of monitors) {
      for (const input of step.inputs.values()) {
        const value = inputText(workflow, input);
        for (const span of value === undefined ? [] : unexpandedIn(value, text))
          yield { ...span, message: `"${textAt(text, span)}" is not expanded: in an input only \${{ … }} is` };
      }
    }
  },
};
