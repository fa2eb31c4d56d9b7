// Requests for edits: fixes, refactorings, and what clients' own commands ask for.
import type { Connection } from "vscode-languageserver/node";
import { REWRITE, type RewriteParams } from "../../protocol/messages.ts";
import type { RewriteContext } from "../refactor/refactoring.ts";
import { codeActionsFor, fixAllEdit, type FixAllData } from "./codeActions.ts";
import { pathOf } from "./files.ts";
import type { Judgements } from "./judgements.ts";
import type { OpenDocuments, OpenWorkflow } from "./openDocuments.ts";
import { answerRewrite, isRefactorData, refactoringsFor, resolveRefactoring } from "./refactorings.ts";
import type { EditSupport } from "./workspaceEdits.ts";

export interface EditRequestOptions {
  readonly documents: OpenDocuments;
  readonly judgements: Judgements;
  /** Resolves when the run logs that are being read are read. */
  readonly ready: () => Promise<unknown>;
  /** Known once the client has said it. */
  readonly support: () => EditSupport;
}

export const answerEditRequests = (
  connection: Connection,
  { documents, judgements, ready, support }: EditRequestOptions,
): void => {
  const contextAt = (found: OpenWorkflow, start: number, end: number, isExplicit: boolean): RewriteContext => ({
    workflow: found.workflow,
    policies: found.policies,
    monitors: found.monitors,
    observed: judgements.observed,
    selection: { start, end },
    isExplicit,
  });

  connection.onCodeAction(async (params) => {
    await ready();
    const { uri } = params.textDocument;
    const found = documents.workflow(uri);
    if (found === undefined) return [];
    const [start, end] = [found.offsetAt(params.range.start), found.offsetAt(params.range.end)];
    return [
      ...codeActionsFor(params, found.judgement, support()),
      ...refactoringsFor(params, uri, contextAt(found, start, end, false), support()),
    ];
  });

  connection.onCodeActionResolve((action) => {
    const data = action.data as FixAllData | undefined;
    const found = data === undefined ? undefined : documents.workflow(data.uri);
    if (data === undefined || found === undefined || action.edit !== undefined) return action;
    if (isRefactorData(data)) {
      const edit = resolveRefactoring(data, contextAt(found, data.start, data.end, true), found, support());
      return { ...action, edit };
    }
    const edit = fixAllEdit(pathOf(data.uri), found.workflow.text, judgements.optionsFor(pathOf(data.uri)));
    return { ...action, edit: { changes: { [data.uri]: edit === undefined ? [] : [edit] } } };
  });

  connection.onRequest(REWRITE, async (params: RewriteParams) => {
    await ready();
    const found = documents.workflowOrNothing(params.uri);
    const at = params.position === undefined ? 0 : found.offsetAt(params.position);
    return answerRewrite(params, contextAt(found, at, at, true), found, support());
  });
};
