import { parsePort } from "../../../../collector/policy/faults.ts";
import { replaceEntry, syntaxRule, removeEntry } from "./support.ts";

/** The entries that are meant: `a:80,443` is `a` at two ports. */
const partsOf = (text: string): readonly string[] => {
  let host = "";
  return text
    .split(",")
    .filter((part) => part !== "")
    .map((part) => {
      if (host !== "" && parsePort(part) !== undefined) return `${host}:${part}`;
      host = part.replace(/:.*$/, "");
      return part;
    });
};

export const commaSeparated = syntaxRule(
  "comma-separated",
  {
    severity: "error",
    title: "Entries are separated by commas",
    why: "A comma separates nothing: the agent takes all of it for one odd host. Other actions separate their lists so.",
    fix: "Blanks in the place of the commas; a port behind one is that of the host before it.",
    wrong: "api.github.com:443,github.com:443",
    right: "api.github.com:443 github.com:443",
  },
  (entry, list, { text }) => {
    const parts = partsOf(entry.text);
    const message = "entries are separated by blanks: with a comma the agent takes them for one host";
    if (parts.length === 0) {
      return { message, fixes: [removeEntry("Remove it", text, list, entry)] };
    }
    return { message, fixes: [replaceEntry("Separate the entries by blanks", text, list, entry, parts.join(" "))] };
  },
);
