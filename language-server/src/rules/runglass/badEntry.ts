import type { Effect } from "../../../../collector/policy/policy.ts";
import { replaceSpan } from "../../model/edits.ts";
import { distinctLists } from "../../model/monitorSteps.ts";
import { problemsOf } from "../../model/ownList.ts";
import type { Finding, Rule, Severity } from "../rule.ts";

const SEVERITIES: Readonly<Record<Effect, Severity>> = {
  refused: "error",
  reverts: "error",
  lost: "error",
  wide: "warning",
  ignored: "info",
};

/** Where what is offered allows more than what was evidently meant. */
const GUESSED = new Set(["misplaced-wildcard", "bad-host"]);

export const badEntry: Rule = {
  id: "runglass/bad-entry",
  severity: "error",
  title: "The list has an entry that Runglass does not take",
  why: "A bad entry is an error at the start: Runglass does not guess what a policy means, so nothing starts with it. A list with `dialect: harden-runner` is read as that agent reads it, and told of with what goes wrong there.",
  fix: "The entry that was evidently meant; not unasked where that allows more than what is written.",
  wrong: "allowed-endpoints: |\n  pypi.org:g443\n  foo*.example.com",
  right: "allowed-endpoints: |\n  pypi.org:443\n  *.example.com",
  *check({ monitors, text }): Iterable<Finding> {
    for (const { list, dialect } of distinctLists(monitors)) {
      if (list === undefined || dialect === undefined) continue;
      for (const { problem, span } of problemsOf(list, dialect, text)) {
        const { effect, message, instead, code } = problem;
        const canReplace = instead !== undefined && dialect === "runglass" && !list.hasEscapes;
        const fix = canReplace ? { title: `Write ${instead}`, edits: [replaceSpan(span, instead)] } : undefined;
        const fixes = fix === undefined ? [] : [GUESSED.has(code) ? { ...fix, unsafe: true } : fix];
        yield { ...span, severity: SEVERITIES[effect], message, fixes };
      }
    }
  },
};
