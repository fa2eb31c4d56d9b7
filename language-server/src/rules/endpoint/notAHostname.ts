import { syntaxRule, removeEntry } from "./support.ts";

const reasonOf = (host: string): string => {
  if (/(?:^|\.)_/.test(host)) return "this is the name of a service record, not of a host";
  if (!host.includes(".")) return "a single word is no host of the internet";
  return "this is no host name";
};

export const notAHostname = syntaxRule(
  "not-a-hostname",
  {
    severity: "error",
    title: "An entry is no host name",
    why: "The agent must resolve each entry; when nobody answers it takes its enforcement back. Names of service records (`_http._tcp…`), single words and misspelt hosts all do that.",
    wrong: "_http._tcp.azure.archive.ubuntu.com:443",
    right: "azure.archive.ubuntu.com:80",
  },
  (entry, list, { text }) => {
    const fix = removeEntry("Remove the entry", text, list, entry, true);
    return {
      message: `${reasonOf(entry.host)}: the agent cannot resolve it, and gives up all enforcement`,
      fixes: [fix],
    };
  },
);
