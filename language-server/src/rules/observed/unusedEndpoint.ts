import { parseRunglass } from "../../../../collector/policy/runglass.ts";
import { keepScalar, removeFromList } from "../../model/edits.ts";
import type { EndpointList } from "../../model/endpoints.ts";
import { policyOfMonitor } from "../../model/monitorSteps.ts";
import type { Policy } from "../../model/policies.ts";
import { evidenceFor, matcherOfEntry, periodOf, runsOf, seenIn } from "../../observed/jobRuns.ts";
import { isImplicit } from "../endpoint/implicit.ts";
import type { FileContext, Finding, ListContext, Rule } from "../rule.ts";
import { hasEnoughRuns } from "./support.ts";

/** What is counted of runs: names and TCP. Of a URL's entry a part may stand in the word before it. */
const isCounted = (entry: string): boolean => {
  const [rule] = parseRunglass(entry).rules;
  if (rule === undefined) return true;
  return rule.protocol !== "udp" && rule.request === undefined && rule.target.kind !== "network";
};

/** Each list once, with all policies that have it, by an alias or by its name. */
const sharedLists = ({ policies, monitors, workflow }: FileContext): Iterable<ListContext> => {
  const lists = new Map<string, Map<unknown, { list: EndpointList; policies: Policy[] }>>();
  const own = monitors.flatMap((monitor) => policyOfMonitor(monitor, workflow) ?? []);
  for (const policy of [...policies, ...own]) {
    const known = lists.get(policy.dialect) ?? new Map<unknown, { list: EndpointList; policies: Policy[] }>();
    lists.set(policy.dialect, known);
    for (const list of policy.lists) {
      const shared = known.get(list.scalar.node);
      if (shared === undefined) known.set(list.scalar.node, { list, policies: [policy] });
      else shared.policies.push(policy);
    }
  }
  return [...lists.values()].flatMap((known) => [...known.values()]);
};

export const unusedEndpoint: Rule = {
  id: "observed/unused-endpoint",
  severity: "hint",
  title: "No recorded run used this entry",
  why: "What no run needs is only good for somebody else. Three runs at least are wanted before this is said.",
  fix: "The entry is removed. Not applied unasked.",
  wrong: "an entry that three runs did not use",
  right: "a list of what is used",
  *check(file): Iterable<Finding> {
    const { text, workflow, observed } = file;
    if (observed.length === 0) return;
    for (const { list, policies } of sharedLists(file)) {
      const runsOfEach = policies.map((policy) => runsOf(observed, workflow, policy));
      // Whoever else has this list may need what these do not.
      if (policies.some((policy, at) => policy.isUnresolved || !hasEnoughRuns(policy, runsOfEach[at] ?? []))) continue;
      const runs = [...new Set(runsOfEach.flat())].toSorted((a, b) => a.began - b.began);
      const [{ dialect } = { dialect: "runglass" as const }] = policies;
      const seen = seenIn(runs, dialect);
      for (const entry of list.entries) {
        const matcher = matcherOfEntry(entry, dialect);
        if (matcher === undefined || !isCounted(entry.text)) continue;
        // What the agent allows by itself is not counted either; endpoint/implicit tells of it.
        if (dialect === "harden-runner" && isImplicit(entry)) continue;
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
  },
};
