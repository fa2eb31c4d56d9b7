import { isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import { nodeSpan, type KeyValue, type Step, type Workflow } from "../../model/workflow.ts";
import { replaceSpan } from "../../model/edits.ts";
import { lineAt, lineEndOf } from "../../yaml/span.ts";
import type { Finding, Fix, Rule } from "../rule.ts";
import { inputSpan, trimmedSpan } from "./support.ts";

/** The words of a list that was written as a sequence or a map; undefined where it holds more than that. */
const wordsOf = ({ nodes }: Workflow, node: Node): string[] | undefined => {
  const plain = (item: unknown): string | undefined => {
    const scalar = nodes.scalar(item);
    return scalar === undefined ? undefined : String(scalar.source ?? scalar.value ?? "");
  };
  const words: (string | undefined)[] = [];
  if (isSeq(node)) {
    for (const item of node.items) {
      if (isMap(item)) for (const pair of item.items) words.push(`${plain(pair.key)}:${plain(pair.value)}`);
      else words.push(plain(item));
    }
  } else if (isMap(node)) for (const pair of node.items) words.push(`${plain(pair.key)}:${plain(pair.value)}`);
  return words.every((word) => word !== undefined && word !== "" && !/\s|undefined/.test(word))
    ? (words as string[])
    : undefined;
};

/** The list as a block of lines, in the style of this header. */
const fold = (workflow: Workflow, input: KeyValue, node: Node, header: ">" | "|"): Fix | undefined => {
  const words = wordsOf(workflow, node);
  if (words === undefined || words.length === 0) return undefined;
  const { text } = workflow;
  const key = nodeSpan(input.key);
  const line = lineAt(text, key.start);
  const before = text.slice(line.start, key.start);
  if (before.trim() !== "" && before.trim() !== "-") return undefined;
  // What stands somewhere else, or has a name that is used somewhere else, is not to be written anew here.
  const own = nodeSpan(node);
  if (isAlias(input.value) || /[&!]/.test(text.slice(key.end, own.start))) return undefined;
  const indent = before.replace("-", " ");
  const eol = lineEndOf(text);
  let { end } = trimmedSpan(text, own);
  const rest = text.slice(end, lineAt(text, end).end);
  if (/^[ \t]+#/.test(rest)) end += rest.length;
  else if (rest.trim() !== "") return undefined;
  // In a text there are no comments: they go above it.
  const comments = [...text.slice(key.end, end).matchAll(/(?<=\s)#[^\r\n]*/g)].map(([comment]) => comment.trimEnd());
  const lines = words.map((word) => `${eol}${indent}  ${word}`).join("");
  const edits = [replaceSpan({ start: key.end, end }, `: ${header}${lines}`)];
  if (comments.length > 0) {
    const above = comments.map((comment) => `${indent}${comment}${eol}`).join("");
    if (before.trim() === "-") return undefined;
    edits.unshift(replaceSpan({ start: line.start, end: line.start }, above));
  }
  return { title: header === ">" ? "Write it as one folded text" : "Write it as one text", edits };
};

/** The inputs of a step that are no texts; a list of endpoints can be made one, under this header. */
export const structuredInputs = function* (
  workflow: Workflow,
  text: string,
  step: Step,
  header: ">" | "|",
): Iterable<Finding> {
  for (const [name, input] of step.inputs) {
    const node = workflow.nodes.resolve(input.value);
    if (node === undefined || isScalar(node)) continue;
    const fix = name === "allowed-endpoints" ? fold(workflow, input, node, header) : undefined;
    const what = isSeq(node) ? "a list" : "a map";
    const message = `${name} is ${what}: an input is one text, and the runner refuses this workflow`;
    yield { ...trimmedSpan(text, inputSpan(input)), message, fixes: fix === undefined ? [] : [fix] };
  }
};

export const wrongNodeType: Rule = {
  id: "policy/wrong-node-type",
  severity: "error",
  title: "An input is a list or a map instead of a text",
  why: "Inputs of actions are texts; the runner refuses a workflow with anything else. `a: 443` with a blank is a map, `- a:443` a sequence.",
  fix: "The same entries as one text. None for inputs other than the list.",
  wrong: "allowed-endpoints:\n  - github.com:443",
  right: "allowed-endpoints: >\n  github.com:443",
  *check({ policies, workflow, text }): Iterable<Finding> {
    for (const { step } of policies) yield* structuredInputs(workflow, text, step, ">");
  },
};
