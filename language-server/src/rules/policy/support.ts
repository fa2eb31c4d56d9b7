// What the rules about a policy's step share.
import type { Policy } from "../../model/policies.ts";
import { nodeSpan, type KeyValue, type Workflow } from "../../model/workflow.ts";
import { lineAt, type Span, type TextEdit } from "../../yaml/span.ts";
import { replaceSpan } from "../../model/edits.ts";
import type { FileContext, Finding, Fix } from "../rule.ts";

/** From the start of an input's key to the end of its value. */
export const inputSpan = ({ key, value }: KeyValue): Span => {
  const start = nodeSpan(key);
  const end = nodeSpan(value).end;
  return { start: start.start, end: Math.max(start.end, end) };
};

export const keySpan = ({ key }: KeyValue): Span => nodeSpan(key);

/** Up to what of a value is on it, without the lines and blanks behind a block. */
export const trimmedSpan = (text: string, span: Span): Span => {
  const length = text.slice(span.start, span.end).trimEnd().length;
  return { start: span.start, end: span.start + length };
};

/** One finding at most for each policy. */
export const eachPolicy = (
  find: (policy: Policy, file: FileContext) => Finding | undefined,
): ((file: FileContext) => Iterable<Finding>) =>
  function* (file) {
    for (const policy of file.policies) {
      const found = find(policy, file);
      if (found !== undefined) yield found;
    }
  };

/** Takes a whole `key: value` out of a block map, with its lines. Undefined inside of a flow map, and where more is on them. */
export const removeInput = ({ text }: Workflow, input: KeyValue): TextEdit | undefined => {
  const { start, end } = trimmedSpan(text, inputSpan(input));
  const first = lineAt(text, start);
  if (text.slice(first.start, start).trim() !== "") return undefined;
  const last = lineAt(text, end);
  if (!/^\s*(?:#|$)/.test(text.slice(end, last.end))) return undefined;
  const next = text.indexOf("\n", last.end);
  return replaceSpan({ start: first.start, end: next < 0 ? text.length : next + 1 }, "");
};

/** Writes another value in the place of a scalar, in its own quotes. */
export const replaceValue = (value: { readonly body: Span }, newText: string): TextEdit =>
  replaceSpan(value.body, newText);

const OUTPUT =
  /^\$\{\{\s*steps\s*(?:\.\s*[\w-]+|\[\s*'[^']+'\s*\])\.outputs(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])\s*\}\}$/;
const VARIABLE = /^\$\{\{\s*env(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])\s*\}\}$/;

/** A variable of the repository in the place of a step's output or of the environment: it is known before the first step. */
export const variableFix = (span: Span, expression: string): Fix[] => {
  const found = OUTPUT.exec(expression) ?? VARIABLE.exec(expression);
  const name = (found?.[1] ?? found?.[2] ?? "").toUpperCase().replaceAll("-", "_");
  if (!/^[A-Z_]\w*$/.test(name)) return [];
  const title = `Read vars.${name}, a variable to be set in the repository's settings`;
  return [{ title, edits: [replaceSpan(span, `\${{ vars.${name} }}`)], unsafe: true }];
};
