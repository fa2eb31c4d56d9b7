// Fixes as code actions: one for each fix of each finding that the range touches, one that suppresses it, and all safe ones
// at once.
import { existsSync } from "node:fs";
import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type RenameFile,
  type TextEdit as LspEdit,
} from "vscode-languageserver/node";
import { fixText } from "../lint/applyFixes.ts";
import type { Diagnostic, LintOptions } from "../lint/lintText.ts";
import { Positions } from "../lint/positions.ts";
import { suppressionEdit } from "../lint/suppress.ts";
import { difference } from "../model/difference.ts";
import type { TextEdit } from "../yaml/span.ts";
import { toLsp } from "./diagnosticReports.ts";
import { pathOf, uriOf } from "./files.ts";
import type { EditSupport } from "./workspaceEdits.ts";
import type { Judgement } from "./judgements.ts";

export interface FixAllData {
  readonly uri: string;
  readonly fixAll: true;
}

const lspEdits = (edits: readonly TextEdit[], positions: Positions): LspEdit[] =>
  edits.map((edit) => ({ range: positions.range(edit), newText: edit.newText }));

const wants = (only: readonly string[] | undefined, kind: string): boolean =>
  only === undefined || only.length === 0 || only.some((one) => kind === one || kind.startsWith(`${one}.`));

const comparePositions = (a: { line: number; character: number }, b: { line: number; character: number }): number =>
  a.line - b.line || a.character - b.character;

const touches = ({ positions }: Judgement, { start, end }: Diagnostic, range: CodeActionParams["range"]): boolean =>
  comparePositions(positions.at(start), range.end) <= 0 && comparePositions(range.start, positions.at(end)) <= 0;

const quickFixes = (uri: string, judgement: Judgement, finding: Diagnostic): CodeAction[] => {
  const { positions, text } = judgement;
  const diagnostics = [toLsp(finding, positions)];
  const actions: CodeAction[] = finding.fixes.map(({ title, edits, unsafe }, index) => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    ...(index === 0 && unsafe !== true ? { isPreferred: true } : {}),
    edit: { changes: { [uri]: lspEdits(edits, positions) } },
  }));
  const edit = finding.rule.startsWith("suppress/") ? undefined : suppressionEdit(text, finding);
  if (edit !== undefined) {
    const title = `Suppress ${finding.rule} here`;
    const changes = { [uri]: lspEdits([edit], positions) };
    actions.push({ title, kind: CodeActionKind.QuickFix, diagnostics, edit: { changes } });
  }
  return actions;
};

/** A file that Copilot looks for elsewhere is renamed, where the client can do that and nothing stands in the way. */
const renames = (uri: string, { positions }: Judgement, finding: Diagnostic, canRename: boolean): CodeAction[] => {
  if (finding.rule !== "copilot/wrong-path" || !canRename || !uri.startsWith("file:")) return [];
  const [, root] = /^(.*?)\.github[\\/]/.exec(pathOf(uri)) ?? [];
  const path = `${root ?? ""}.github/workflows/copilot-setup-steps.yml`;
  if (root === undefined || existsSync(path)) return [];
  const rename: RenameFile = { kind: "rename", oldUri: uri, newUri: uriOf(path), options: { overwrite: false } };
  const diagnostics = [toLsp(finding, positions)];
  const title = "Rename it to .github/workflows/copilot-setup-steps.yml";
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, edit: { documentChanges: [rename] } }];
};

export const codeActionsFor = (
  params: CodeActionParams,
  judgement: Judgement,
  { canRename }: EditSupport,
): CodeAction[] => {
  const { uri } = params.textDocument;
  const { only } = params.context;
  const actions: CodeAction[] = [];
  if (wants(only, CodeActionKind.QuickFix)) {
    for (const finding of judgement.diagnostics) {
      if (!touches(judgement, finding, params.range)) continue;
      actions.push(...renames(uri, judgement, finding, canRename), ...quickFixes(uri, judgement, finding));
    }
  }
  const isFixable = judgement.diagnostics.some(({ fixes: [first] }) => first !== undefined && first.unsafe !== true);
  if (isFixable && wants(only, CodeActionKind.SourceFixAll)) {
    const data: FixAllData = { uri, fixAll: true };
    actions.push({ title: "Fix all that is safe to fix (Runglass)", kind: CodeActionKind.SourceFixAll, data });
  }
  return actions;
};

/** The edit of "fix all" for a text; undefined where it changes nothing. */
export const fixAllEdit = (path: string, text: string, options: LintOptions): LspEdit | undefined => {
  const after = fixText(path, text, options);
  if (after === text) return undefined;
  const edit = difference(text, after);
  return { range: new Positions(text).range(edit), newText: edit.newText };
};
