// Requests about how a document is made up: links, tokens, folds and selections. None of them judges it.
import { existsSync } from "node:fs";
import type { Connection } from "vscode-languageserver/node";
import { configLinks } from "../features/configFile.ts";
import { linksOf } from "../features/documentLinks.ts";
import { foldingRanges } from "../features/foldingRanges.ts";
import { listTokens, TOKENS_LEGEND } from "../features/listTokens.ts";
import { selectionRanges } from "../features/selectionRanges.ts";
import { uriOf } from "./files.ts";
import type { OpenDocuments } from "./openDocuments.ts";

export const structureCapabilities = {
  documentLinkProvider: {},
  semanticTokensProvider: { legend: TOKENS_LEGEND, full: true, range: true },
  foldingRangeProvider: true,
  selectionRangeProvider: true,
} as const;

/** What editors draw at most. */
const MOST_FOLDS = 5_000;

/** `foldLimit`: how many ranges the client takes. */
export const answerStructureRequests = (
  connection: Connection,
  documents: OpenDocuments,
  foldLimit: () => number | undefined,
): void => {
  connection.onDocumentLinks(({ textDocument }) => {
    const config = documents.config(textDocument.uri);
    if (config !== undefined) return configLinks(config.text, config.positions);
    const found = documents.workflow(textDocument.uri);
    return found === undefined ? [] : linksOf(found.workflow, found.positions, { exists: existsSync, uriOf });
  });

  connection.languages.semanticTokens.on(({ textDocument }) => {
    const found = documents.workflow(textDocument.uri);
    if (found === undefined) return { data: [] };
    return listTokens(found.workflow.text, found.policies, found.monitors, found.positions);
  });

  connection.languages.semanticTokens.onRange(({ textDocument, range }) => {
    const found = documents.workflow(textDocument.uri);
    if (found === undefined) return { data: [] };
    const within = { start: found.offsetAt(range.start), end: found.offsetAt(range.end) };
    return listTokens(found.workflow.text, found.policies, found.monitors, found.positions, within);
  });

  connection.onFoldingRanges(({ textDocument }) => {
    const found = documents.workflow(textDocument.uri);
    return found === undefined
      ? []
      : foldingRanges(found.workflow.text, Math.min(MOST_FOLDS, foldLimit() ?? MOST_FOLDS));
  });

  connection.onSelectionRanges(({ textDocument, positions }) => {
    const found = documents.workflow(textDocument.uri);
    if (found === undefined) return [];
    const offsets = positions.map((position) => found.offsetAt(position));
    return selectionRanges(found.workflow, found.policies, found.monitors, found.positions, offsets);
  });
};
