import { syntaxRule, removeEntry } from "./support.ts";

export const cidr = syntaxRule(
  "cidr",
  {
    severity: "error",
    title: "A network is no entry",
    why: "Other actions take networks; this agent asks DNS for the text, and takes its enforcement back when nobody answers. Private networks are allowed without an entry.",
    fix: "The entry is removed. Not applied unasked: what the network was for may need a host in its place.",
    wrong: "10.0.0.0/8:443",
    right: "registry.example.com:443",
  },
  (entry, list, { text }) => ({
    message: `the agent knows no networks: it asks DNS for "${entry.host}", and gives up all enforcement`,
    fixes: [removeEntry("Remove the entry", text, list, entry, true)],
  }),
);
