import type { Rule } from "../rule.ts";
import { eachEntry, replaceEntry } from "./support.ts";

export const uppercase: Rule = {
  id: "endpoint/uppercase",
  severity: "warning",
  title: "An entry has capital letters",
  why: "The agent compares names letter by letter, and programs ask for names in lower case: such an entry allows nothing.",
  fix: "The host in lower case.",
  wrong: "API.github.com:443",
  right: "api.github.com:443",
  check: eachEntry((entry, { list }, { text }) => {
    if (!/[A-Z]/.test(entry.host)) return undefined;
    const lower = entry.host.toLowerCase() + entry.text.slice(entry.host.length);
    return {
      message: "names are compared letter by letter, and programs ask in lower case",
      fixes: [replaceEntry("Write it in lower case", text, list, entry, lower)],
    };
  }),
};
