// From a line of a change to what of the current run has to do with it: opens the monitor with just that.
import { Range, Selection, TextEditorRevealType, window, type TextEditor } from "vscode";
import type { Context } from "../context.ts";
import type { LineMark } from "../relatedDiff/lineMark.ts";
import { showFiltered } from "./showFiltered.ts";

/** The menu at a line's number says which; else it is the cursor's. From 0. */
const lineOf = (argument: unknown, editor: TextEditor): number => {
  const { lineNumber } = (typeof argument === "object" && argument !== null ? argument : {}) as {
    readonly lineNumber?: unknown;
  };
  return typeof lineNumber === "number" && Number.isSafeInteger(lineNumber) && lineNumber >= 1
    ? lineNumber - 1
    : editor.selection.active.line;
};

/** Behind the line, or the first of all. */
const nextOf = (marks: readonly LineMark[], line: number): LineMark | undefined =>
  marks.find((mark) => mark.line > line) ?? marks[0];

const goTo = (editor: TextEditor, line: number): void => {
  editor.selection = new Selection(line, 0, line, 0);
  editor.revealRange(new Range(line, 0, line, 0), TextEditorRevealType.InCenterIfOutsideViewport);
};

export const showWhatRanHere = async (context: Context, argument: unknown): Promise<void> => {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    void window.showInformationMessage("Put the cursor on a line of a change first, in a file or in its diff.");
    return;
  }
  const found = await context.marks.of(editor.document);
  if (found === undefined) {
    void window.showInformationMessage(
      "There is no run in this window to look in: connect to a collector, open a run log, or watch a session.",
    );
    return;
  }
  const { run, marks } = found;
  const line = lineOf(argument, editor);
  const mark = marks.find((one) => one.line === line);
  if (mark !== undefined) {
    await showFiltered(context, run.key, mark.filter);
    return;
  }
  const next = nextOf(marks, line);
  if (next === undefined) {
    void window.showInformationMessage(
      "No line of this file is known to have to do with the current run: it is no part of the change that the run worked on, or nothing of it was run, installed or asked.",
    );
    return;
  }
  const GO = `Go to Line ${next.line + 1}`;
  const chosen = await window.showInformationMessage(
    `Nothing of the current run is known to have to do with line ${line + 1}.`,
    GO,
  );
  if (chosen === GO) goTo(editor, next.line);
};
