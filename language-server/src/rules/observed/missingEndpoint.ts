import { evidenceOf, matcherOf } from "../../observed/jobRuns.ts";
import { registrableDomain } from "../../model/entrySyntax.ts";
import { addToList } from "../../model/edits.ts";
import type { Finding, Fix, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { eachObserved } from "./support.ts";

export const missingEndpoint: Rule = {
  id: "observed/missing-endpoint",
  severity: "error",
  title: "A recorded run needed an endpoint that the list does not have",
  why: "What a run of this job connected to, and this policy does not allow, fails once it blocks.",
  wrong: "allowed-endpoints: github.com:443   (a run went to pypi.org:443)",
  right: "allowed-endpoints: github.com:443 pypi.org:443",
  check: eachObserved(function* ({ policy, runs, seen }, { text }): Iterable<Finding> {
    const input = policy.step.inputs.get("allowed-endpoints");
    const [list] = policy.lists;
    if (input === undefined || list === undefined || policy.value?.value.trim() === "") return;
    const allowed = matcherOf(policy.lists, policy.dialect);
    for (const one of seen) {
      const { host, port } = one;
      if (allowed.connection({ host, port, protocol: "tcp" }) !== undefined) continue;
      const fixes: Fix[] = [];
      const offer = (entry: string): void => {
        const edit = addToList(text, list, entry);
        if (edit !== undefined) fixes.push({ title: `Allow ${entry}`, edits: [edit], unsafe: true });
      };
      offer(one.text);
      const parent = host.slice(host.indexOf(".") + 1);
      if (registrableDomain(parent) !== undefined) offer(`*.${parent}:${port}`);
      const message = `${one.text} is not allowed (${evidenceOf(one, runs.length)})`;
      const severity = policy.mode === "audit" ? "info" : "error";
      yield { ...trimmedSpan(text, inputSpan(input)), severity, message, fixes };
    }
  }),
};
