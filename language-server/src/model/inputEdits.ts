// Edits of what a step gives its action, line by line.
import { replaceSpan } from "./edits.ts";
import { nodeSpan, type KeyValue, type Step, type Workflow } from "./workflow.ts";
import { lineAt, lineEndOf, type TextEdit } from "../yaml/span.ts";

const endOf = (text: string, { key, value }: KeyValue): number => {
  const { start } = nodeSpan(key);
  const end = Math.max(nodeSpan(key).end, nodeSpan(value).end);
  return start + text.slice(start, end).trimEnd().length;
};

/** The blanks in front of a key that stands alone on its line; undefined for any other one. */
const indentOf = (text: string, key: unknown): string | undefined => {
  const { start } = nodeSpan(key);
  const before = text.slice(lineAt(text, start).start, start);
  return before.trim() === "" ? before : undefined;
};

/** Are the inputs written in braces, where line and indentation mean nothing? */
const isInFlow = ({ nodes }: Workflow, { node }: Step): boolean =>
  node.flow === true || nodes.map(nodes.value(node, "with"))?.flow === true;

/** Adds lines behind the last input of a step, or a `with` that has them; undefined where they have no place. */
export const addInput = (workflow: Workflow, step: Step, lines: readonly string[]): TextEdit | undefined => {
  const { text } = workflow;
  if (isInFlow(workflow, step)) return undefined;
  const eol = lineEndOf(text);
  const { uses, withKey, inputs } = step;
  const insert = (behind: number, indent: string, added: readonly string[]): TextEdit => {
    const at = lineAt(text, behind).end;
    return replaceSpan({ start: at, end: at }, added.map((line) => eol + indent + line).join(""));
  };
  if (withKey !== undefined) {
    const last = [...inputs.values()].toSorted((a, b) => nodeSpan(a.key).start - nodeSpan(b.key).start).at(-1);
    if (last !== undefined) {
      const indent = indentOf(text, last.key);
      return indent === undefined ? undefined : insert(endOf(text, last), indent, lines);
    }
    const indent = indentOf(text, withKey);
    return indent === undefined ? undefined : insert(nodeSpan(withKey).end, `${indent}  `, lines);
  }
  if (uses === undefined) return undefined;
  const line = lineAt(text, uses.span.start);
  const lead = /^[ \t]*(?:- +)?(?=["']?uses["']?[ \t]*:)/.exec(text.slice(line.start, line.end))?.[0];
  if (lead === undefined) return undefined;
  return insert(uses.span.end, lead.replace("-", " "), ["with:", ...lines.map((one) => `  ${one}`)]);
};

/** Writes lines in the place of a whole `key: value`; undefined where it does not stand on lines of its own. */
export const replaceInput = (
  workflow: Workflow,
  step: Step,
  input: KeyValue,
  lines: readonly string[],
): TextEdit | undefined => {
  const { text } = workflow;
  if (isInFlow(workflow, step)) return undefined;
  const indent = indentOf(text, input.key);
  if (indent === undefined) return undefined;
  const start = nodeSpan(input.key).start;
  return replaceSpan({ start, end: endOf(text, input) }, lines.join(`${lineEndOf(text)}${indent}`));
};

/**
 * Gives a step this list of endpoints, in the place of the one that it has: a block of lines under `header`, or, where the inputs
 * stand in braces, one quoted text. Undefined where they have no place for it.
 */
export const setList = (
  workflow: Workflow,
  step: Step,
  header: ">" | "|",
  entries: readonly string[],
): TextEdit | undefined => {
  const { text } = workflow;
  const given = step.inputs.get("allowed-endpoints");
  if (!isInFlow(workflow, step)) {
    const lines = [`allowed-endpoints: ${header}`, ...entries.map((entry) => `  ${entry}`)];
    return given === undefined ? addInput(workflow, step, lines) : replaceInput(workflow, step, given, lines);
  }
  const written = `allowed-endpoints: "${entries.join(" ")}"`;
  if (given !== undefined) return replaceSpan({ start: nodeSpan(given.key).start, end: endOf(text, given) }, written);
  const last = [...step.inputs.values()].toSorted((a, b) => nodeSpan(a.key).start - nodeSpan(b.key).start).at(-1);
  if (last === undefined) return undefined;
  const end = endOf(text, last);
  return replaceSpan({ start: end, end }, `, ${written}`);
};
