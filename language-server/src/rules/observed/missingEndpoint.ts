import { evidenceFor, evidenceOf, matcherOf } from "../../observed/jobRuns.ts";
import { registrableDomain } from "../../model/entrySyntax.ts";
import type { Finding, Rule } from "../rule.ts";
import { allowFix, eachObserved, isEmpty, listSpan } from "./support.ts";

export const missingEndpoint: Rule = {
  id: "observed/missing-endpoint",
  severity: "error",
  title: "A recorded run needed an endpoint that the list does not have",
  why: "What a run of this job connected to, and this policy does not allow, fails once it blocks.",
  fix: "Exactly this `host:port` is added to the list, which the step gets where it has none; further offers are wildcards below a domain that one owner holds. Not applied unasked.",
  wrong: "allowed-endpoints: github.com:443   (a run went to pypi.org:443)",
  right: "allowed-endpoints: github.com:443 pypi.org:443",
  check: eachObserved(function* ({ policy, runs, seen }, { workflow }): Iterable<Finding> {
    const span = listSpan(workflow, policy);
    const blocksAll = policy.mode === "block" && isEmpty(policy);
    if (span === undefined || (policy.lists.every(({ words }) => words.length === 0) && !blocksAll)) return;
    const allowed = matcherOf(policy.lists, policy.dialect);
    for (const one of seen) {
      const { host, port } = one;
      if (allowed.connection({ host, port, protocol: "tcp" }) !== undefined) continue;
      const parent = host.slice(host.indexOf(".") + 1);
      const fixes = [...allowFix(workflow, policy, one.text)];
      if (registrableDomain(parent) !== undefined) fixes.push(...allowFix(workflow, policy, `*.${parent}:${port}`));
      const message = `${one.text} is not allowed (${evidenceOf(one, runs.length)})`;
      const severity = policy.mode === "audit" ? "info" : "error";
      yield { ...span, severity, message, fixes, evidence: evidenceFor([one], runs.length) };
    }
  }),
};
