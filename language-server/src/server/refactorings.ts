// Refactorings as code actions, whose edit is made when one is chosen, and as answers to a client's own commands.
import { existsSync } from "node:fs";
import type { CodeAction, CodeActionParams, WorkspaceEdit } from "vscode-languageserver/node";
import {
  ALLOW_ENDPOINTS,
  ALLOWLIST_REWRITES,
  type RewriteParams,
  type RewriteResult,
} from "../../protocol/messages.ts";
import type { Positions } from "../lint/positions.ts";
import { allowEndpoints } from "../refactor/allowEndpoints.ts";
import { addAllowlist, allowlistOf } from "../refactor/copilotAllowlist.ts";
import { REFACTORINGS, REWRITE_KIND } from "../refactor/allRefactorings.ts";
import { isRefusal, type Refusal, type Rewrite, type RewriteContext } from "../refactor/refactoring.ts";
import { isLocal } from "./files.ts";
import { workspaceEditOf, type EditSupport } from "./workspaceEdits.ts";

export interface RefactorData {
  readonly uri: string;
  readonly refactoring: string;
  readonly start: number;
  readonly end: number;
}

export const isRefactorData = (data: unknown): data is RefactorData =>
  typeof data === "object" && data !== null && "refactoring" in data;

/** A document that is rewritten, with what an edit of it must name. */
export interface RewrittenDocument {
  readonly uri: string;
  readonly version: number | null;
  readonly positions: Positions;
}

/** Those that can be had at the selection, without their edits. */
export const refactoringsFor = (
  { context: { only } }: CodeActionParams,
  uri: string,
  context: Omit<RewriteContext, "isExplicit">,
  { canCreate }: EditSupport,
): CodeAction[] => {
  const { start, end } = context.selection;
  return REFACTORINGS.flatMap((refactoring) => {
    const kind = `${REWRITE_KIND}.${refactoring.id}`;
    const isExplicit = only?.some((one) => kind === one || kind.startsWith(`${one}.`)) ?? false;
    if (only !== undefined && only.length > 0 && !isExplicit) return [];
    if (refactoring.id === "createSetupSteps" && (!canCreate || !isLocal(uri))) return [];
    const title = refactoring.offer({ ...context, isExplicit });
    const data: RefactorData = { uri, refactoring: refactoring.id, start, end };
    return title === undefined ? [] : [{ title, kind, data }];
  });
};

const rewriteOf = (id: string, context: RewriteContext, text: string): Rewrite | Refusal => {
  if (id === ALLOWLIST_REWRITES.add) return addAllowlist(context, text);
  const refactoring = REFACTORINGS.find((one) => one.id === id);
  if (refactoring === undefined) return { problem: `There is no refactoring ${id}.` };
  const rewrite = refactoring.rewrite(context);
  if (!isRefusal(rewrite) && rewrite.newFile !== undefined && existsSync(rewrite.newFile.path))
    return { problem: `${rewrite.newFile.path} is there already.` };
  return rewrite;
};

/** The edit of a code action that was chosen; one that changes nothing where it cannot be made. */
export const resolveRefactoring = (
  { refactoring }: RefactorData,
  context: RewriteContext,
  document: RewrittenDocument,
  support: EditSupport,
): WorkspaceEdit => {
  const rewrite = rewriteOf(refactoring, context, "");
  return (isRefusal(rewrite) ? undefined : workspaceEditOf(rewrite, document, support)) ?? { changes: {} };
};

/** Answers a client's command. */
export const answerRewrite = (
  { refactoring, text, job }: RewriteParams,
  context: RewriteContext,
  document: RewrittenDocument,
  support: EditSupport,
): RewriteResult => {
  if (refactoring === ALLOWLIST_REWRITES.copy) {
    const list = allowlistOf(context);
    return isRefusal(list) ? { notes: [], problem: list.problem } : list;
  }
  const words = typeof text === "string" ? text : "";
  const rewrite =
    refactoring === ALLOW_ENDPOINTS
      ? allowEndpoints(context, words, typeof job === "string" ? job : undefined)
      : rewriteOf(refactoring, context, words);
  if (isRefusal(rewrite)) return { notes: [], problem: rewrite.problem };
  const edit = workspaceEditOf(rewrite, document, support);
  return edit === undefined ? { notes: [], problem: "This editor cannot make files." } : { edit, notes: rewrite.notes };
};
