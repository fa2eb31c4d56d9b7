// `.github/runglass.yml`: what a repository wants of the rules.
//
//   lint:
//     rules:
//       endpoint/unsorted: hint
//       step/unpinned-ref: off
import { RULE_TEXTS } from "../rules/rulePages.ts";
import type { Severity } from "../rules/rule.ts";
import { Nodes, parseYaml } from "../yaml/parse.ts";
import { ScalarText } from "../yaml/scalarText.ts";
import { nodeSpan } from "../model/workflow.ts";
import { nearestName } from "../../../collector/policy/nearestName.ts";
import type { Span } from "../yaml/span.ts";

export type RuleChoices = Readonly<Record<string, Severity | "off">>;

export interface ConfigProblem extends Span {
  readonly message: string;
}
export interface Config {
  readonly rules: RuleChoices;
  readonly problems: readonly ConfigProblem[];
}

const KNOWN: ReadonlySet<string> = new Set(RULE_TEXTS.map(({ id }) => id));

export const CHOICES = ["off", "hint", "info", "warning", "error"] as const;

/** Reads the file. What is wrong in it has no effect and is told. */
export const readConfig = (text: string): Config => {
  const { root, errors = [], document } = parseYaml(text);
  const nodes = new Nodes(document);
  const problems: ConfigProblem[] = [];
  const rules: Record<string, Severity | "off"> = {};
  const known = [...KNOWN];
  const say = (span: Span, message: string): void => void problems.push({ ...span, message });
  for (const error of errors) say({ start: error.pos[0], end: error.pos[1] }, error.message.split("\n")[0] ?? "");
  for (const { name, key, value } of nodes.entries(root)) {
    if (name !== "lint") say(nodeSpan(key), `there is no "${name}": the only key is "lint"`);
    for (const inner of name === "lint" ? nodes.entries(value) : []) {
      if (inner.name !== "rules") {
        say(nodeSpan(inner.key), `there is no "${inner.name}" in "lint": the only key is "rules"`);
        continue;
      }
      for (const rule of nodes.entries(inner.value)) {
        const scalar = nodes.scalar(rule.value);
        const choice = scalar === undefined ? "" : new ScalarText(scalar, text).value.trim();
        const chosen = CHOICES.find((one) => one === choice);
        if (!KNOWN.has(rule.name)) {
          const near = nearestName(rule.name, known);
          say(nodeSpan(rule.key), `there is no rule "${rule.name}"${near === undefined ? "" : `: is it ${near}?`}`);
        } else if (chosen === undefined) {
          say(nodeSpan(rule.value ?? rule.key), `"${choice}" is none of ${CHOICES.join(", ")}`);
        } else rules[rule.name] = chosen;
      }
    }
  }
  return { rules, problems };
};

/** What a client says of the rules, as far as it makes sense; the rest is told. */
export const readChoices = (said: unknown, tell: (message: string) => void): RuleChoices => {
  const rules: Record<string, Severity | "off"> = {};
  if (typeof said !== "object" || said === null) return rules;
  for (const [rule, choice] of Object.entries(said)) {
    const chosen = CHOICES.find((one) => one === choice);
    if (!KNOWN.has(rule)) tell(`there is no rule "${rule}"`);
    else if (chosen === undefined) tell(`${rule}: "${String(choice)}" is none of ${CHOICES.join(", ")}`);
    else rules[rule] = chosen;
  }
  return rules;
};
