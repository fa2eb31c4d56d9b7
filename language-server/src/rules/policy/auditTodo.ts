import { inputText } from "../../model/inputs.ts";
import { replaceSpan } from "../../model/edits.ts";
import { setList } from "../../model/inputEdits.ts";
import { runsOf, seenIn, theEndpoints } from "../../observed/jobRuns.ts";
import { textAt } from "../../yaml/span.ts";
import type { Fix, Rule } from "../rule.ts";
import { eachPolicy } from "./support.ts";

export const auditTodo: Rule = {
  id: "policy/audit-todo",
  severity: "info",
  title: "A note says that this was to become block",
  why: "A template of old wrote `# todo: change to 'egress-policy: block' after couple of runs`; 39 real jobs still only watch.",
  fix: "`block`, without the note; with recorded runs, with the list of what they needed. Not applied unasked.",
  wrong: "egress-policy: audit # todo: change to 'egress-policy: block' after couple of runs",
  right: "egress-policy: block",
  check: eachPolicy((policy, { text, workflow, observed }) => {
    const { mode, step } = policy;
    const value = inputText(workflow, step.inputs.get("egress-policy"));
    const comment = value?.lineComment;
    if (mode !== "audit" || value === undefined || comment === undefined) return undefined;
    const said = textAt(text, comment);
    if (!/\btodo\b/i.test(said) || !/block/i.test(said)) return undefined;
    const edits = [replaceSpan({ start: value.body.start, end: value.body.end }, "block")];
    const blanks = /\s*$/.exec(text.slice(value.span.end, comment.start))?.[0].length ?? 0;
    edits.push(replaceSpan({ start: comment.start - blanks, end: comment.end }, ""));
    const fixes: Fix[] = [{ title: "Block, and drop the note", edits, unsafe: true }];
    const seen = policy.isUnresolved ? [] : seenIn(runsOf(observed, workflow, policy));
    const entries = seen.map((one) => one.text);
    const list = entries.length === 0 ? undefined : setList(workflow, step, ">", entries);
    if (list !== undefined) {
      const title = `Block, allow ${theEndpoints(entries.length)} of the recorded runs, and drop the note`;
      fixes.unshift({ title, edits: [...edits, list], unsafe: true });
    }
    return {
      start: value.span.start,
      end: value.span.end,
      message: "the note behind it wants this to be block by now",
      fixes,
    };
  }),
};
