import { seenIn } from "../../observed/jobRuns.ts";
import { inputText } from "../../model/inputs.ts";
import { nodeSpan, type Workflow } from "../../model/workflow.ts";
import type { Policy } from "../../model/policies.ts";
import { replaceSpan } from "../../model/edits.ts";
import { lineAt, lineEndOf, type TextEdit } from "../../yaml/span.ts";
import type { Finding, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "../policy/support.ts";
import { eachObserved } from "./support.ts";

const ENOUGH_RUNS = 3;

/** Sets block, and a list of exactly these; undefined where the inputs do not stand one below the other. */
const blockEdits = (
  { text }: Workflow,
  { step, dialect }: Policy,
  mode: { start: number; end: number },
  entries: readonly string[],
): TextEdit[] | undefined => {
  const modeInput = step.inputs.get("egress-policy");
  if (modeInput === undefined) return undefined;
  const { start } = nodeSpan(modeInput.key);
  const line = lineAt(text, start);
  const indent = text.slice(line.start, start);
  if (indent.trim() !== "") return undefined;
  const eol = lineEndOf(text);
  const list = `allowed-endpoints: ${dialect === "runglass" ? "|" : ">"}${entries.map((entry) => `${eol}${indent}  ${entry}`).join("")}`;
  const edits = [replaceSpan(mode, "block")];
  const old = step.inputs.get("allowed-endpoints");
  if (old === undefined) {
    const at = lineAt(text, mode.end).end;
    edits.push(replaceSpan({ start: at, end: at }, `${eol}${indent}${list}`));
  } else edits.push(replaceSpan(trimmedSpan(text, inputSpan(old)), list));
  return edits;
};

export const readyToBlock: Rule = {
  id: "observed/ready-to-block",
  severity: "info",
  title: "The recorded runs need nothing new: the policy can block",
  why: "Three runs at least, and the newest of them connected to nothing that those before had not: what they needed makes a policy.",
  wrong: "egress-policy: audit",
  right: "egress-policy: block, with the endpoints of the runs",
  check: eachObserved(function* ({ policy, runs, seen }, { workflow }): Iterable<Finding> {
    const mode = inputText(workflow, policy.step.inputs.get("egress-policy"));
    if (policy.mode !== "audit" || mode === undefined || mode.value.includes("${{") || runs.length < ENOUGH_RUNS)
      return;
    const before = new Set(seenIn(runs.slice(0, -1), policy.dialect).map(({ text }) => text));
    if (seenIn(runs.slice(-1), policy.dialect).some(({ text }) => !before.has(text)) || seen.length === 0) return;
    const edits = blockEdits(
      workflow,
      policy,
      mode.body,
      seen.map(({ text }) => text),
    );
    const title = `Block, and allow the ${seen.length} endpoints of these runs`;
    const fixes = edits === undefined ? [] : [{ title, edits, unsafe: true }];
    const message = `${runs.length} runs needed ${seen.length} endpoints, the newest nothing new: this can block`;
    yield { ...mode.span, message, fixes };
  }),
};
