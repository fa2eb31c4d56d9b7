// Fixes applied to a text until nothing changes.
import type { Fix } from "../rules/rule.ts";
import type { TextEdit } from "../yaml/span.ts";
import { lintText, type LintOptions } from "./lintText.ts";

/** A fix can bring another one's turn; a file in which they do so for longer is left as it is by then. */
const MOST_ROUNDS = 50;

/** Applies edits that do not overlap. */
export const applyEdits = (text: string, edits: readonly TextEdit[]): string => {
  const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let at = 0;
  for (const { start, end, newText } of sorted) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
};

/** The fixes that can be applied together: none that touches what one before it does. */
const compatible = (fixes: readonly Fix[]): readonly TextEdit[] => {
  const taken: TextEdit[] = [];
  for (const { edits } of fixes) {
    const clashes = edits.some((edit) => taken.some((other) => edit.start <= other.end && other.start <= edit.end));
    if (!clashes) taken.push(...edits);
  }
  return taken;
};

/** What `--fix` and `source.fixAll` do: the first fix of each finding, where that is safe. */
export const fixText = (path: string, text: string, options: LintOptions = {}): string => {
  let fixed = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const fixes = lintText(path, fixed, options).flatMap(({ fixes: [first] }) =>
      first === undefined || first.unsafe === true ? [] : [first],
    );
    const next = applyEdits(fixed, compatible(fixes));
    if (next === fixed) return fixed;
    fixed = next;
  }
  return fixed;
};
