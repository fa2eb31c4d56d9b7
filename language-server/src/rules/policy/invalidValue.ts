import { inputText } from "../../model/inputs.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy, replaceValue } from "./support.ts";

export const invalidValue: Rule = {
  id: "policy/invalid-value",
  severity: "error",
  title: "The mode is neither audit nor block",
  why: "The action compares the value letter by letter, and the step fails with anything else.",
  fix: "The mode that is meant; where that is a guess, not unasked.",
  wrong: "egress-policy: Block",
  right: "egress-policy: block",
  check: eachPolicy(({ mode, step }, { workflow }) => {
    const value = inputText(workflow, step.inputs.get("egress-policy"));
    if (mode !== "invalid" || value === undefined || value.value.includes("${{")) return undefined;
    const said = value.value.trim();
    const near = said.toLowerCase().startsWith("a") ? "audit" : "block";
    const meant = ["audit", "block"].find((name) => name === said.toLowerCase());
    const fix = { title: `Write ${meant ?? near}`, edits: [replaceValue(value, meant ?? near)] };
    return {
      ...(value.isBlock ? value.content : value.span),
      message: `"${said}" is neither audit nor block, so the step fails`,
      fixes: [meant === undefined ? { ...fix, unsafe: true } : fix],
    };
  }),
};
