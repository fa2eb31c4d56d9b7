// The diagnostics of all files of the workspace: what a client has been told already is not judged again.
import {
  DocumentDiagnosticReportKind,
  type CancellationToken,
  type TextDocuments,
  type WorkspaceDiagnosticParams,
  type WorkspaceDiagnosticReport,
  type WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { toLsp } from "./diagnosticReports.ts";
import { pathOf, uriOf } from "./files.ts";
import type { Judgements } from "./judgements.ts";
import type { WorkspaceFiles } from "./workspaceFiles.ts";

export interface WorkspaceReportOptions {
  readonly documents: TextDocuments<TextDocument>;
  readonly judgements: Judgements;
  readonly files: WorkspaceFiles;
  /** Off, whatever was told is taken back. */
  readonly isOn: () => boolean;
}

/** A client may write the URI of a file in another way than we do: what counts is its path. */
const byPath = <T>(all: readonly T[], uri: (one: T) => string): Map<string, T> =>
  new Map(all.map((one) => [pathOf(uri(one)), one]));

export const workspaceReport = async (
  { previousResultIds }: WorkspaceDiagnosticParams,
  token: CancellationToken,
  { documents, judgements, files, isOn }: WorkspaceReportOptions,
): Promise<WorkspaceDiagnosticReport> => {
  const previous = byPath(previousResultIds, ({ uri }) => uri);
  const open = byPath(documents.all(), ({ uri }) => uri);
  const items: WorkspaceDocumentDiagnosticReport[] = [];
  const seen = new Set<string>();
  for await (const file of files.all(() => token.isCancellationRequested || !isOn())) {
    const { path } = file;
    seen.add(path);
    const document = open.get(path);
    const told = previous.get(path);
    const about = { uri: document?.uri ?? told?.uri ?? uriOf(path), version: document?.version ?? null };
    const resultId = document === undefined ? judgements.resultId(path, file.hash) : undefined;
    if (told !== undefined && told.value === resultId) {
      items.push({ ...about, resultId, kind: DocumentDiagnosticReportKind.Unchanged });
      continue;
    }
    const text = document?.getText() ?? (await file.text().catch(() => undefined));
    if (text === undefined) continue;
    const judgement = judgements.of(path, text);
    const common = { ...about, resultId: judgement.resultId };
    if (told?.value === judgement.resultId) items.push({ ...common, kind: DocumentDiagnosticReportKind.Unchanged });
    else {
      const found = judgement.diagnostics.map((one) => toLsp(one, judgement.positions));
      items.push({ ...common, kind: DocumentDiagnosticReportKind.Full, items: found });
    }
  }
  if (token.isCancellationRequested) return { items };
  // What was reported once and is gone: nothing is wrong with it any more.
  for (const [path, { uri }] of previous) {
    if (!seen.has(path) && (!open.has(path) || !isOn()))
      items.push({ uri, version: null, kind: DocumentDiagnosticReportKind.Full, items: [] });
  }
  return { items };
};
