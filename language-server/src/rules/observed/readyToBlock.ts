import { evidenceFor, periodOf, seenIn, theEndpoints } from "../../observed/jobRuns.ts";
import { setList } from "../../model/inputEdits.ts";
import { inputText } from "../../model/inputs.ts";
import type { Finding, Rule } from "../rule.ts";
import { replaceValue } from "../policy/support.ts";
import { eachObserved, hasEnoughRuns } from "./support.ts";

export const readyToBlock: Rule = {
  id: "observed/ready-to-block",
  severity: "info",
  title: "The recorded runs need nothing new: the policy can block",
  why: "Three runs at least, and the newest of them connected to nothing that those before had not: what they needed makes a policy.",
  fix: "`block`, and a list of exactly what the runs needed in the place of what stands there. Not applied unasked.",
  wrong: "egress-policy: audit",
  right: "egress-policy: block, with the endpoints of the runs",
  check: eachObserved(function* ({ policy, runs, seen }, { workflow }): Iterable<Finding> {
    const mode = inputText(workflow, policy.step.inputs.get("egress-policy"));
    if (policy.mode !== "audit" || mode === undefined || mode.value.includes("${{") || !hasEnoughRuns(policy, runs))
      return;
    const before = new Set(seenIn(runs.slice(0, -1), policy.dialect).map(({ text }) => text));
    if (seenIn(runs.slice(-1), policy.dialect).some(({ text }) => !before.has(text)) || seen.length === 0) return;
    const header = policy.dialect === "runglass" ? "|" : ">";
    const list = setList(
      workflow,
      policy.step,
      header,
      seen.map(({ text }) => text),
    );
    const title = `Block, and allow ${theEndpoints(seen.length)} of these runs`;
    const fixes = list === undefined ? [] : [{ title, edits: [replaceValue(mode, "block"), list], unsafe: true }];
    const some = `${seen
      .slice(0, 5)
      .map(({ text }) => text)
      .join(", ")}${seen.length > 5 ? ", …" : ""}`;
    const message = `${runs.length} runs${periodOf(runs)} needed ${seen.length === 1 ? "one endpoint" : `${seen.length} endpoints`}, the newest nothing new: this can block, and allow ${some}`;
    yield { ...mode.span, message, fixes, evidence: evidenceFor(seen, runs.length) };
  }),
};
