import { syntaxRule, removeEntry } from "./support.ts";

export const unresolvableSuffix = syntaxRule(
  "unresolvable-suffix",
  {
    severity: "warning",
    title: "No public resolver knows this name",
    why: "Names below internal, local, localhost, test and invalid are nobody's on the internet. The agent asks a public resolver for each entry, and takes its enforcement back when there is no answer.",
    fix: "The entry is removed. Not applied unasked.",
    wrong: "db.internal:5432",
    right: "db.example.com:5432",
  },
  (entry, list, { text }) => ({
    message: `no public resolver answers for "${entry.host}": ${entry.host.includes("*") ? "this allows nothing" : "the agent gives up all enforcement"}`,
    fixes: [removeEntry("Remove the entry", text, list, entry, true)],
  }),
);
