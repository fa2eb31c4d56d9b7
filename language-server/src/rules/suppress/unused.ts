import type { RuleText } from "../rule.ts";

export const unused: RuleText = {
  id: "suppress/unused",
  severity: "hint",
  title: "A suppression has no effect",
  why: "What it names is not found here any more, or was never: whoever reads it believes in a problem that is not there.",
  fix: "The comment is removed, where all that it names has no effect.",
  wrong: "egress-policy: block # runglass: ignore[policy/audit-todo] we know",
  right: "egress-policy: block",
};
