// A file judged: the findings of all rules, less what the file suppresses.
import { readWorkflow } from "../model/workflow.ts";
import { monitorStepsOf } from "../model/monitorSteps.ts";
import { policiesOf } from "../model/policies.ts";
import type { ObservedRun } from "../observed/observedRun.ts";
import { RULES } from "../rules/allRules.ts";
import type { Evidence, FileContext, Finding, Fix, ListContext, RuleText, Severity } from "../rules/rule.ts";
import { noReason } from "../rules/suppress/noReason.ts";
import { unused } from "../rules/suppress/unused.ts";
import { replaceSpan } from "../model/edits.ts";
import type { Span } from "../yaml/span.ts";
import { Suppressions, type Suppression } from "./suppressions.ts";

export interface Diagnostic extends Span {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fixes: readonly Fix[];
  readonly evidence?: readonly Evidence[];
}

export interface LintOptions {
  readonly observed?: readonly ObservedRun[];
  readonly branch?: FileContext["branch"];
  /** Rules that are turned on or off, or whose severity is another one. */
  readonly rules?: Readonly<Record<string, Severity | "off">>;
  /** Is told where a file stops to be YAML, if it does; what stands above is judged all the same. */
  readonly onSyntaxError?: (start: number, message: string) => void;
}

/** What no rule has anything to say of is not even parsed. */
const CONCERNED = /harden-runner|runglass\/|copilot-(?:setup-steps|code-review)|COPILOT_AGENT_FIREWALL/i;

const listsOf = (context: Pick<FileContext, "policies">): ListContext[] => {
  const lists = new Map<unknown, { list: ListContext["list"]; policies: FileContext["policies"][number][] }>();
  for (const policy of context.policies) {
    for (const list of policy.lists) {
      const known = lists.get(list.scalar.node);
      if (known === undefined) lists.set(list.scalar.node, { list, policies: [policy] });
      else known.policies.push(policy);
    }
  }
  return [...lists.values()];
};

/** The comment and the blanks in front of it. */
const removal = (text: string, { start, end }: Suppression): Fix => {
  let from = start;
  while (text[from - 1] === " " || text[from - 1] === "\t") from--;
  return { title: "Remove it", edits: [replaceSpan({ start: from, end }, "")] };
};

/** Judges a file by its path and text. Never throws, whatever the text is. */
export const lintText = (path: string, text: string, options: LintOptions = {}): readonly Diagnostic[] => {
  if (!CONCERNED.test(text) && !CONCERNED.test(path) && !text.includes("runglass:")) return [];
  const workflow = readWorkflow(path, text);
  if (workflow.syntaxError !== undefined) {
    const { start, message } = workflow.syntaxError;
    options.onSyntaxError?.(start, message);
  }
  const policies = policiesOf(workflow);
  const monitors = monitorStepsOf(workflow);
  const lists = listsOf({ policies });
  const file: FileContext = {
    workflow,
    text,
    policies,
    monitors,
    lists,
    observed: options.observed ?? [],
    branch: options.branch,
  };
  const scalars = [...lists.map(({ list }) => list.scalar), ...monitors.flatMap(({ list }) => list ?? [])];
  const suppressions = new Suppressions(text, scalars);
  const used = new Map<Suppression, Set<string>>();

  const isSuppressed = (rule: string, finding: Finding): boolean => {
    const by = suppressions.of(rule, finding);
    for (const one of by) used.set(one, (used.get(one) ?? new Set()).add(rule));
    return by.length > 0;
  };

  const diagnostics: Diagnostic[] = [];
  const say = (rule: string, severity: Severity, finding: Finding): void => {
    const { start, end, message, fixes = [], evidence } = finding;
    const told = { rule, severity, message, start, end: Math.max(start, end), fixes };
    diagnostics.push(evidence === undefined ? told : { ...told, evidence });
  };
  for (const rule of RULES) {
    const chosen = options.rules?.[rule.id];
    if (chosen === "off" || (chosen === undefined && rule.isOff === true)) continue;
    for (const finding of rule.check(file)) {
      if (!isSuppressed(rule.id, finding)) say(rule.id, chosen ?? finding.severity ?? rule.severity, finding);
    }
  }
  const sayOf = (rule: RuleText, finding: Finding): void => {
    const chosen = options.rules?.[rule.id];
    if (chosen !== "off") say(rule.id, chosen ?? rule.severity, finding);
  };
  for (const one of suppressions.all) {
    const idle = one.rules.filter((rule) => !(used.get(one)?.has(rule) ?? false));
    const all = idle.length === one.rules.length;
    if (idle.length > 0 || one.rules.length === 0) {
      const message = `${idle.length === 0 ? "it" : idle.join(", ")} is not found here`;
      sayOf(unused, { ...one, message, fixes: all ? [removal(text, one)] : [] });
    }
    if (one.reason === "") sayOf(noReason, { ...one, message: "say why, behind the bracket" });
  }
  return diagnostics.toSorted((a, b) => a.start - b.start || a.end - b.end || (a.rule < b.rule ? -1 : 1));
};
