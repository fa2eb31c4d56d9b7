import { parseRunglass } from "../../../../collector/policy/runglass.ts";
import { evidenceFor, matcherOfEntry, periodOf } from "../../observed/jobRuns.ts";
import { keepScalar, removeFromList } from "../../model/edits.ts";
import type { Finding, Rule } from "../rule.ts";
import { isImplicit } from "../endpoint/implicit.ts";
import { eachObserved } from "./support.ts";

const ENOUGH_RUNS = 3;

/** What is counted of runs: names and TCP. Of a URL's entry a part may stand in the word before it. */
const isCounted = (entry: string): boolean => {
  const [rule] = parseRunglass(entry).rules;
  if (rule === undefined) return true;
  return rule.protocol !== "udp" && rule.request === undefined && rule.target.kind !== "network";
};

export const unusedEndpoint: Rule = {
  id: "observed/unused-endpoint",
  severity: "hint",
  title: "No recorded run used this entry",
  why: "What no run needs is only good for somebody else. Three runs at least are wanted before this is said.",
  fix: "The entry is removed. Not applied unasked.",
  wrong: "an entry that three runs did not use",
  right: "a list of what is used",
  check: eachObserved(function* ({ policy, runs, seen }, { text }): Iterable<Finding> {
    if (runs.length < ENOUGH_RUNS) return;
    for (const list of policy.lists) {
      for (const entry of list.entries) {
        const matcher = matcherOfEntry(entry, policy.dialect);
        if (matcher === undefined || !isCounted(entry.text)) continue;
        // What the agent allows by itself is not counted either; endpoint/implicit tells of it.
        if (policy.dialect === "harden-runner" && isImplicit(entry)) continue;
        if (seen.some(({ host, port }) => matcher.connection({ host, port, protocol: "tcp" }) !== undefined)) continue;
        const edits = keepScalar(text, list, [removeFromList(text, list, entry)]);
        const fix = { title: "Remove the entry", edits, unsafe: true };
        const message = `none of ${runs.length} runs${periodOf(runs)} used this`;
        const unused = {
          text: entry.text,
          host: "",
          port: 0,
          runs: 0,
          connections: 0,
          last: 0,
          programs: [],
          steps: [],
        };
        const evidence = evidenceFor([unused], runs.length);
        yield { start: entry.start, end: entry.end, message, fixes: [fix], evidence };
      }
    }
  }),
};
