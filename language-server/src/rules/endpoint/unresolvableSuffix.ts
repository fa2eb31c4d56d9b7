import { removeFromList } from "../../model/edits.ts";
import { syntaxRule } from "./support.ts";

export const unresolvableSuffix = syntaxRule(
  "unresolvable-suffix",
  {
    severity: "warning",
    title: "No public resolver knows this name",
    why: "Names below internal, local, localhost, test and invalid are nobody's on the internet. The agent asks a public resolver for each entry, and takes its enforcement back when there is no answer.",
    wrong: "db.internal:5432",
    right: "db.example.com:5432",
  },
  (entry, list, { text }) => ({
    message: `no public resolver answers for "${entry.host}": the agent gives up all enforcement`,
    fixes: [{ title: "Remove the entry", edits: [removeFromList(text, list, entry)], unsafe: true }],
  }),
);
