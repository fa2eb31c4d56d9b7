// General validation at work: which documents it is told of, and where its diagnostics go. They are pushed, as they come when
// they come; ours are pulled, and neither of the two replaces the other.
import type { Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { kindOf } from "../model/workflow.ts";
import { GeneralValidation } from "../validation/generalValidation.ts";
import { validationBundle, ValidationThread } from "../validation/validationThread.ts";
import { toLsp } from "./diagnosticReports.ts";
import { pathOf } from "./files.ts";
import type { OpenDocuments } from "./openDocuments.ts";

const QUIET_MS = 600;

/** Undefined where its bundle was not installed. It is off until it is turned on, and loads nothing before. */
export const generalValidation = (
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  open: OpenDocuments,
): GeneralValidation | undefined => {
  const bundle = validationBundle();
  if (bundle === undefined) return undefined;
  const general = new GeneralValidation({
    thread: new ValidationThread(bundle),
    quietMs: QUIET_MS,
    publish: (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
    ours: (uri) => {
      const judgement = open.workflow(uri)?.judgement;
      return judgement?.diagnostics.map((one) => toLsp(one, judgement.positions)) ?? [];
    },
    textOf: (uri) => (kindOf(pathOf(uri)) === "other" ? undefined : documents.get(uri)?.getText()),
  });
  documents.onDidChangeContent(({ document }) => general.changed(document.uri));
  documents.onDidClose(({ document }) => general.closed(document.uri));
  return general;
};
