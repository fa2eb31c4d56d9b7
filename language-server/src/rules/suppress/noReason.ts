import type { RuleText } from "../rule.ts";

export const noReason: RuleText = {
  id: "suppress/no-reason",
  severity: "hint",
  title: "A suppression gives no reason",
  why: "In a year nobody knows whether it is still right.",
  fix: "None: the reason is its author's to write.",
  wrong: "hooks.slack.com:443 … # runglass: ignore[endpoint/exfil-prone]",
  right: "… # runglass: ignore[endpoint/exfil-prone] the release is announced there",
};
