// Fixes applied to a text until nothing changes.
import type { Fix } from "../rules/rule.ts";
import type { TextEdit } from "../yaml/span.ts";
import { lintText, type Diagnostic, type LintOptions } from "./lintText.ts";

/** A fix can bring another one's turn; a file in which they do so for longer is left as it is by then. */
const MOST_ROUNDS = 50;

/** Rounds in a file that is no YAML in which no less is left to be mended than before: what is written there may be part of nothing. */
const MOST_VAIN_ROUNDS = 3;

/** So much is judged in all the rounds of a file: of one that is as large as files may be, three times its text. */
const MOST_CHARACTERS = 3 * 1024 * 1024;

/** Applies edits that do not overlap; of those at one place, in their order. */
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

const isInsertion = ({ start, end }: TextEdit): boolean => start === end;

interface TakenEdit {
  readonly edit: TextEdit;
  /** Those of the same word may touch one another. */
  readonly joins: string | undefined;
}

/** Edits are kept by pieces of the file, so that each new one is compared with few. */
const pieceOf = (offset: number): number => offset >> 9;

class Taken {
  readonly edits: TextEdit[] = [];
  readonly #byPiece = new Map<number, TakenEdit[]>();

  clashes(edit: TextEdit, joins: string | undefined): boolean {
    for (let piece = pieceOf(edit.start); piece <= pieceOf(edit.end); piece++) {
      for (const other of this.#byPiece.get(piece) ?? []) {
        if (edit.start > other.edit.end || other.edit.start > edit.end) continue;
        const touches = edit.start === other.edit.end || other.edit.start === edit.end;
        if (!touches || joins === undefined || joins !== other.joins) return true;
      }
    }
    return false;
  }

  take(edit: TextEdit, joins: string | undefined): void {
    this.edits.push(edit);
    for (let piece = pieceOf(edit.start); piece <= pieceOf(edit.end); piece++) {
      const some = this.#byPiece.get(piece) ?? [];
      // One of several insertions at one place stands for all.
      const isKnown = isInsertion(edit) && some.some((one) => isInsertion(one.edit) && one.edit.start === edit.start);
      if (!isKnown) this.#byPiece.set(piece, [...some, { edit, joins }]);
    }
  }
}

/** The fixes that can be applied together: none that touches what one before it does, but where that is known to be alright. */
const compatible = (fixes: readonly { readonly rule: string; readonly fix: Fix }[]): readonly TextEdit[] => {
  const taken = new Taken();
  for (const { rule, fix } of fixes) {
    const joins = fix.joins === true ? rule : undefined;
    if (fix.edits.some((edit) => taken.clashes(edit, joins))) continue;
    for (const edit of fix.edits) taken.take(edit, joins);
  }
  return taken.edits;
};

const safeFixes = (findings: readonly Diagnostic[]): { readonly rule: string; readonly fix: Fix }[] =>
  findings.flatMap(({ rule, fixes: [fix] }) => (fix === undefined || fix.unsafe === true ? [] : [{ rule, fix }]));

export interface Fixed {
  readonly text: string;
  /** Of the text as it is then. */
  readonly diagnostics: readonly Diagnostic[];
  /** Something is left that could be mended: the fixes go on and on, or the file is made to take long. */
  readonly isUnfinished: boolean;
}

/** What `--fix` and `source.fixAll` do: the first fix of each finding, where that is safe. */
export const fixAll = (path: string, text: string, options: LintOptions = {}): Fixed => {
  let fixed = text;
  let judged = 0;
  /** Where least was left to be mended; what came behind that has not helped. */
  let best: (Omit<Fixed, "isUnfinished"> & { readonly left: number }) | undefined;
  let vain = 0;
  for (let round = 1; ; round++) {
    let syntaxError: Parameters<NonNullable<LintOptions["onSyntaxError"]>> | undefined;
    const onSyntaxError: LintOptions["onSyntaxError"] = (...error) => (syntaxError = error);
    const diagnostics = lintText(path, fixed, { ...options, onSyntaxError });
    const fixes = safeFixes(diagnostics);
    const next = applyEdits(fixed, compatible(fixes));
    judged += fixed.length;
    vain = best === undefined || fixes.length < best.left ? 0 : vain + 1;
    if (best === undefined || vain === 0) best = { text: fixed, diagnostics, left: fixes.length };
    const isVain = next !== fixed && syntaxError !== undefined && vain >= MOST_VAIN_ROUNDS;
    const isUnfinished = isVain || (next !== fixed && (round > MOST_ROUNDS || judged >= MOST_CHARACTERS));
    if (next === fixed || isUnfinished) {
      if (syntaxError !== undefined) options.onSyntaxError?.(...syntaxError);
      const end = isUnfinished && syntaxError !== undefined ? best : { text: fixed, diagnostics };
      return { text: end.text, diagnostics: end.diagnostics, isUnfinished };
    }
    fixed = next;
  }
};

export const fixText = (path: string, text: string, options: LintOptions = {}): string =>
  fixAll(path, text, options).text;
