import { isAlias } from "yaml";
import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan, type KeyValue, type Workflow } from "../../model/workflow.ts";
import { lineAt, lineEndOf, type TextEdit } from "../../yaml/span.ts";
import type { Finding, Rule } from "../rule.ts";
import { isCopilotFile } from "./support.ts";

const TRIGGERS = new Set(["workflow_dispatch", "push", "pull_request"]);

/** In whatever way the triggers are written; undefined where they stand in a flow map, or elsewhere. */
const addTrigger = ({ nodes, text }: Workflow, { value }: KeyValue): TextEdit | undefined => {
  if (isAlias(value)) return undefined;
  const word = nodes.scalar(value);
  if (word !== undefined) {
    const { start, end } = nodeSpan(word);
    return start === end ? undefined : replaceSpan({ start, end }, `[${text.slice(start, end)}, workflow_dispatch]`);
  }
  const list = nodes.sequence(value);
  const first = list?.items[0] ?? nodes.map(value)?.items[0]?.key;
  if (first === undefined) return undefined;
  const { start } = nodeSpan(first);
  if (list?.flow === true) return replaceSpan({ start, end: start }, "workflow_dispatch, ");
  const line = lineAt(text, start);
  const lead = text.slice(line.start, start);
  if (!/^[ \t]*(?:- +)?$/.test(lead) || nodes.map(value)?.flow === true) return undefined;
  const trigger = list === undefined ? "workflow_dispatch:" : "workflow_dispatch";
  return replaceSpan({ start: line.start, end: line.start }, `${lead}${trigger}${lineEndOf(text)}`);
};

export const missingValidationTriggers: Rule = {
  id: "copilot/missing-validation-triggers",
  severity: "hint",
  title: "Nothing runs the set-up to see whether it works",
  why: "With workflow_dispatch, and push and pull_request on this file's path, a broken set-up shows before the agent meets it.",
  fix: "`workflow_dispatch` is added. Not applied unasked.",
  wrong: "on: schedule",
  right: "on:\n  workflow_dispatch:\n  push:\n    paths: [.github/workflows/copilot-setup-steps.yml]",
  *check({ workflow }): Iterable<Finding> {
    const { triggers, nodes } = workflow;
    if (!isCopilotFile(workflow) || triggers === undefined) return;
    const named = [
      String(nodes.scalar(triggers.value)?.value ?? ""),
      ...(nodes.sequence(triggers.value)?.items ?? []).map((item) => String(nodes.scalar(item)?.value ?? "")),
      ...nodes.entries(triggers.value).map(({ name }) => name),
    ];
    if (named.some((name) => TRIGGERS.has(name))) return;
    const edit = addTrigger(workflow, triggers);
    const fixes = edit === undefined ? [] : [{ title: "Add workflow_dispatch", edits: [edit], unsafe: true }];
    const message = "add workflow_dispatch, so that the set-up can be tried without the agent";
    yield { ...nodeSpan(triggers.key), message, fixes };
  },
};
