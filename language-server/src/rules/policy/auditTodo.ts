import { inputText } from "../../model/inputs.ts";
import { replaceSpan } from "../../model/edits.ts";
import { textAt } from "../../yaml/span.ts";
import type { Rule } from "../rule.ts";
import { eachPolicy } from "./support.ts";

export const auditTodo: Rule = {
  id: "policy/audit-todo",
  severity: "info",
  title: "A note says that this was to become block",
  why: "A template of old wrote `# todo: change to 'egress-policy: block' after couple of runs`; 39 real jobs still only watch.",
  wrong: "egress-policy: audit # todo: change to 'egress-policy: block' after couple of runs",
  right: "egress-policy: block",
  check: eachPolicy(({ mode, step }, { text, workflow }) => {
    const value = inputText(workflow, step.inputs.get("egress-policy"));
    const comment = value?.lineComment;
    if (mode !== "audit" || value === undefined || comment === undefined) return undefined;
    const said = textAt(text, comment);
    if (!/\btodo\b/i.test(said) || !/block/i.test(said)) return undefined;
    const edits = [replaceSpan({ start: value.body.start, end: value.body.end }, "block")];
    const blanks = /\s*$/.exec(text.slice(value.span.end, comment.start))?.[0].length ?? 0;
    edits.push(replaceSpan({ start: comment.start - blanks, end: comment.end }, ""));
    return {
      start: value.span.start,
      end: value.span.end,
      message: "the note behind it wants this to be block by now",
      fixes: [{ title: "Block, and drop the note", edits, unsafe: true }],
    };
  }),
};
