// Texts judged, for the tests: what is found, said shortly, and what a fix makes of it.
import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import { applyEdits } from "../src/lint/applyFixes.ts";
import { lintText, type Diagnostic, type LintOptions } from "../src/lint/lintText.ts";

export const WORKFLOW = ".github/workflows/ci.yml";

/** A workflow with one hardened job, whose step has these lines below `with:`. */
export const hardened = (...inputs: readonly string[]): string =>
  [
    "on: push",
    "jobs:",
    "  build:",
    "    runs-on: ubuntu-latest",
    "    steps:",
    `      - uses: step-security/harden-runner@${"0".repeat(40)} # v2.20.0`,
    "        with:",
    ...inputs.flatMap((input) => input.split("\n")).map((line) => `          ${line}`),
    "",
  ].join("\n");

/** The same with `block` and these entries, one a line of a folded scalar. */
export const blocking = (...entries: readonly string[]): string =>
  hardened("egress-policy: block", "allowed-endpoints: >", ...entries.map((entry) => `  ${entry}`));

/** Rule and text of all findings, or of those of one rule. */
export const found = (text: string, rule = "", path = WORKFLOW, options: LintOptions = {}): string[] =>
  lintText(path, text, options)
    .filter((one) => one.rule.startsWith(rule))
    .map((one) => `${one.rule} ${JSON.stringify(text.slice(one.start, one.end))}`);

export const only = (text: string, rule: string, path = WORKFLOW, options: LintOptions = {}): Diagnostic => {
  const all = lintText(path, text, options).filter((one) => one.rule === rule);
  assert.equal(all.length, 1, `one ${rule}: ${found(text, "", path, options).join("; ")}`);
  return all[0]!;
};

/** The text after the first fix of the only finding of a rule; the result is YAML still. */
export const fixed = (text: string, rule: string, path = WORKFLOW, options: LintOptions = {}): string => {
  const [fix] = only(text, rule, path, options).fixes;
  assert.ok(fix !== undefined, `${rule} has a fix`);
  const result = applyEdits(text, fix.edits);
  assert.deepEqual(parseDocument(result, { uniqueKeys: false }).errors, [], result);
  return result;
};
