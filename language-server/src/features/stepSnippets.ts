// Whole steps, offered where a new one begins.
import { CompletionItemKind, InsertTextMode, type CompletionItem } from "vscode-languageserver/node";
import type { Positions } from "../lint/positions.ts";
import { monitorLines, ownReferenceIn, referenceIn, stepLines } from "../model/insertStep.ts";
import { lineAt, lineEndOf } from "../yaml/span.ts";
import { keyOf, parentOf } from "./lineContext.ts";

/** Behind a dash right below `steps`, and nothing else on its line; nothing anywhere else. */
export const stepSnippets = (text: string, offset: number, positions: Positions): CompletionItem[] => {
  const line = lineAt(text, offset);
  const [, blanks, typed = ""] = /^([ \t]*)- ([\w-]*)$/.exec(text.slice(line.start, offset)) ?? [];
  if (blanks === undefined || text.slice(offset, line.end).trim() !== "") return [];
  const lines = text.split(/\r?\n/);
  const parent = parentOf(lines, positions.at(offset).line, blanks.length + 2);
  if (keyOf(lines[parent] ?? "") !== "steps") return [];
  const range = positions.range({ start: offset - typed.length, end: offset });
  const snippet = (label: string, detail: string, step: readonly string[]): CompletionItem => ({
    label,
    kind: CompletionItemKind.Snippet,
    detail,
    filterText: `uses name ${label}`,
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range, newText: step.join(lineEndOf(text) + blanks).replace(/^- /, "") },
  });
  const theirs = referenceIn({ text }) ?? "step-security/harden-runner@v2";
  return [
    snippet(
      "Runglass: watch the job",
      "a step that records, and blocks nothing",
      monitorLines(ownReferenceIn({ text })),
    ),
    snippet("Harden-Runner: audit", "a step that records, and blocks nothing", stepLines(theirs)),
  ];
};
