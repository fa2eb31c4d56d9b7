import { addToList } from "../../model/edits.ts";
import { portOf, registrableDomain, wildcardParent } from "../../model/entrySyntax.ts";
import type { Rule } from "../rule.ts";
import { eachSoundEntry } from "./support.ts";

export const wildcardMissesApex: Rule = {
  id: "endpoint/wildcard-misses-apex",
  severity: "info",
  title: "A wildcard does not allow the domain itself",
  why: "`*.github.com` allows api.github.com and not github.com; those who need the domain itself must list it.",
  fix: "The domain itself is added. Not applied unasked, as it allows more.",
  wrong: "*.github.com:443",
  right: "*.github.com:443 github.com:443",
  check: eachSoundEntry((entry, others, { list }, { text }) => {
    const parent = wildcardParent(entry.host);
    if (parent === undefined || registrableDomain(parent) !== parent) return undefined;
    if (others.has(parent)) return undefined;
    const edit = addToList(text, list, `${parent}:${portOf(entry)}`);
    const fixes = edit === undefined ? [] : [{ title: `Add ${parent}`, edits: [edit], unsafe: true }];
    return { message: `this does not allow ${parent} itself`, fixes };
  }),
};
