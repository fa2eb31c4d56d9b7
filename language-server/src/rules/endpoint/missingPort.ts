import type { Rule } from "../rule.ts";
import { eachSoundEntry, replaceEntry } from "./support.ts";

export const missingPort: Rule = {
  id: "endpoint/missing-port",
  severity: "hint",
  title: "An entry has no port",
  why: "Without a port an entry means 443. Written out, a change of it shows in a diff, and nobody has to know.",
  fix: "`:443` is added.",
  wrong: "api.github.com",
  right: "api.github.com:443",
  check: eachSoundEntry((entry, _, { list }, { text }) =>
    entry.port === undefined
      ? {
          message: "without a port this means 443",
          fixes: [replaceEntry("Add :443", text, list, entry, `${entry.text}:443`)],
        }
      : undefined,
  ),
};
