import { removeFromList } from "../../model/edits.ts";
import { replaceEntry, syntaxRule } from "./support.ts";

export const commaSeparated = syntaxRule(
  "comma-separated",
  {
    severity: "error",
    title: "Entries are separated by commas",
    why: "A comma separates nothing: the agent takes all of it for one odd host. Other actions separate their lists so.",
    wrong: "api.github.com:443,github.com:443",
    right: "api.github.com:443 github.com:443",
  },
  (entry, list, { text }) => {
    const parts = entry.text.split(",").filter((part) => part !== "");
    const message = "entries are separated by blanks: with a comma the agent takes them for one host";
    if (parts.length === 0) {
      return { message, fixes: [{ title: "Remove it", edits: [removeFromList(text, list, entry)] }] };
    }
    return { message, fixes: [replaceEntry("Separate the entries by blanks", entry, parts.join(" "))] };
  },
);
