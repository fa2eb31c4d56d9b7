import { replaceSpan } from "../../model/edits.ts";
import { nodeSpan } from "../../model/workflow.ts";
import { lineAt, lineEndOf } from "../../yaml/span.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy } from "./support.ts";

export const implicitBlock: Rule = {
  id: "policy/implicit-block",
  severity: "warning",
  title: "Nothing says the mode, so it is block",
  why: "The action's default is block. Readers take a step without a mode for one that only watches.",
  fix: "`egress-policy: block` is written: what holds already.",
  wrong: "uses: step-security/harden-runner@v2",
  right: "uses: step-security/harden-runner@v2\n  with:\n    egress-policy: block",
  check: eachPolicy(({ isImplicit, step }, { text, workflow }) => {
    const { inputs, uses, withKey } = step;
    if (!isImplicit || uses === undefined) return undefined;
    if (inputs.has("policy") || inputs.has("use-policy-store")) return undefined;
    const edits = [];
    const eol = lineEndOf(text);
    const [first] = inputs.values();
    const given = workflow.nodes.map(workflow.nodes.value(step.node, "with"));
    const isAlias = given !== undefined && nodeSpan(given).start < nodeSpan(withKey).start;
    if (isAlias || uses.isBlock || /\n/.test(text.slice(uses.span.start, uses.span.end))) {
      // Its inputs stand somewhere else, or there is no plain line to go on behind.
    } else if (given?.flow === true && first !== undefined) {
      const { start } = nodeSpan(first.key);
      edits.push(replaceSpan({ start, end: start }, "egress-policy: block, "));
    } else if (withKey !== undefined && first !== undefined) {
      const { start } = nodeSpan(first.key);
      const indent = text.slice(lineAt(text, start).start, start);
      if (indent.trim() === "") edits.push(replaceSpan({ start, end: start }, `egress-policy: block${eol}${indent}`));
    } else if (withKey === undefined && step.node.flow === true) {
      const { end } = uses.span;
      edits.push(replaceSpan({ start: end, end }, ", with: { egress-policy: block }"));
    } else if (withKey === undefined) {
      const line = lineAt(text, uses.span.start);
      const indent = (/^[ \t]*(?:- +)?/.exec(text.slice(line.start, line.end))?.[0] ?? "").replace("-", " ");
      edits.push(
        replaceSpan({ start: line.end, end: line.end }, `${eol}${indent}with:${eol}${indent}  egress-policy: block`),
      );
    }
    const fixes = edits.length === 0 ? [] : [{ title: "Write egress-policy: block", edits }];
    return { ...uses.content, message: "without egress-policy this step blocks", fixes };
  }),
};
