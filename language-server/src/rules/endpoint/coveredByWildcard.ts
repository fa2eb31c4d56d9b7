import { portOf, wildcardParent } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { eachSoundEntry, removeEntry } from "./support.ts";

export const coveredByWildcard: Rule = {
  id: "endpoint/covered-by-wildcard",
  severity: "info",
  title: "A wildcard of the list allows this host already",
  why: "An entry that changes nothing makes the list longer than what it allows.",
  fix: "The entry is removed. An entry whose host is also listed with another port is not told of: of a host that is listed the agent opens the listed ports only, so that it is needed.",
  wrong: "*.github.com:443 api.github.com:443",
  right: "*.github.com:443",
  check: eachSoundEntry((entry, others, { list }, { text }) => {
    const host = wildcardParent(entry.host) ?? entry.host.toLowerCase();
    const isWildcard = entry.host.includes("*");
    if (isWildcard && wildcardParent(entry.host) === undefined) return undefined;
    const cover = others.wildcardsAbove(host).find((one) => one !== entry && portOf(one) === portOf(entry));
    if (cover === undefined || others.isNeeded(entry)) return undefined;
    const fix = removeEntry("Remove the entry", text, list, entry);
    return { message: `${cover.text} allows it already`, fixes: [fix] };
  }),
};
