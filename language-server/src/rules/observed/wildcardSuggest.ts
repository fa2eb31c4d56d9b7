import type { Entry } from "../../model/endpoints.ts";
import { evidenceFor } from "../../observed/jobRuns.ts";
import { portOf, registrableDomain, soundEntries } from "../../model/entrySyntax.ts";
import { keepScalar, removeFromList, replaceSpan } from "../../model/edits.ts";
import type { Finding, Rule } from "../rule.ts";
import { eachObserved } from "./support.ts";

const ENOUGH_HOSTS = 4;

export const wildcardSuggest: Rule = {
  id: "observed/wildcard-suggest",
  severity: "hint",
  title: "Many hosts of one owner: a wildcard would hold them",
  why: "Hosts that change from run to run, such as r1…, r2… of one owner, make a list that is always one behind.",
  fix: "The pattern in the place of the hosts. Not applied unasked, as it allows more.",
  wrong: "r1.example.com:443 r2.example.com:443 r3.example.com:443 r4.example.com:443",
  right: "*.example.com:443",
  check: eachObserved(function* ({ policy, runs, seen }, { text }): Iterable<Finding> {
    for (const list of policy.lists) {
      const groups = new Map<string, Entry[]>();
      for (const entry of soundEntries(list.entries)) {
        const host = entry.host.toLowerCase();
        const parent = host.slice(host.indexOf(".") + 1);
        if (host.includes("*") || registrableDomain(parent) === undefined) continue;
        if (!seen.some((one) => one.host === host && one.port === portOf(entry))) continue;
        const key = `${parent}:${portOf(entry)}`;
        groups.set(key, [...(groups.get(key) ?? []), entry]);
      }
      for (const [key, [first, ...others]] of groups) {
        if (first === undefined || others.length + 1 < ENOUGH_HOSTS) continue;
        const removals = others.map((entry) => removeFromList(text, list, entry));
        const edits = keepScalar(text, list, [replaceSpan(first, `*.${key}`), ...removals]);
        const message = `${others.length + 1} hosts below ${key}: *.${key} would hold them, and whatever else is there`;
        const texts = new Set([first, ...others].map((entry) => `${entry.host.toLowerCase()}:${portOf(entry)}`));
        const evidence = evidenceFor(
          seen.filter((one) => texts.has(one.text)),
          runs.length,
        );
        const fixes = [{ title: `Use *.${key}`, edits, unsafe: true }];
        yield { start: first.start, end: first.end, message, fixes, evidence };
      }
    }
  }),
};
