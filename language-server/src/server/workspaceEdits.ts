// A rewrite as an edit of the protocol, as far as the client can take one.
import type {
  ChangeAnnotation,
  ClientCapabilities,
  CreateFile,
  TextDocumentEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import type { Positions } from "../lint/positions.ts";
import type { Rewrite } from "../refactor/refactoring.ts";
import { uriOf } from "./files.ts";

export interface EditSupport {
  readonly canCreate: boolean;
  readonly canRename: boolean;
  readonly canAnnotate: boolean;
}

export const NO_SUPPORT: EditSupport = { canCreate: false, canRename: false, canAnnotate: false };

export const editSupportOf = ({ workspace }: ClientCapabilities): EditSupport => {
  const edit = workspace?.workspaceEdit;
  const documentChanges = edit?.documentChanges === true;
  return {
    canCreate: documentChanges && edit.resourceOperations?.includes("create") === true,
    canRename: documentChanges && edit.resourceOperations?.includes("rename") === true,
    canAnnotate: documentChanges && edit.changeAnnotationSupport !== undefined,
  };
};

/** Shown before anything is changed, where there is something to be said. */
const ANNOTATION = "runglass";

/**
 * Undefined where the client cannot take it. `version` is that of the open document; what the notes say is shown for
 * confirmation by clients that can.
 */
export const workspaceEditOf = (
  { title, edits, notes, newFile }: Rewrite,
  document: { readonly uri: string; readonly version: number | null; readonly positions: Positions },
  support: EditSupport,
): WorkspaceEdit | undefined => {
  const { uri, version, positions } = document;
  const changed = edits.map((edit) => ({ range: positions.range(edit), newText: edit.newText }));
  if (newFile !== undefined) {
    if (!support.canCreate) return undefined;
    const made = uriOf(newFile.path);
    const create: CreateFile = { kind: "create", uri: made, options: { overwrite: false, ignoreIfExists: false } };
    const start = { line: 0, character: 0 };
    const content: TextDocumentEdit = {
      textDocument: { uri: made, version: null },
      edits: [{ range: { start, end: start }, newText: newFile.text }],
    };
    return { documentChanges: [create, content] };
  }
  if (notes.length === 0 || !support.canAnnotate) return { changes: { [uri]: changed } };
  const annotation: ChangeAnnotation = { label: title, description: notes.join(" "), needsConfirmation: true };
  const annotated = changed.map((edit) => ({ ...edit, annotationId: ANNOTATION }));
  return {
    documentChanges: [{ textDocument: { uri, version }, edits: annotated }],
    changeAnnotations: { [ANNOTATION]: annotation },
  };
};
