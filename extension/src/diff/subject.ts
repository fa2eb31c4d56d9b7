// One event, with all that is known around it: what a rule sees.
import type { ExecInfo, RunEvent } from "../../../collector/protocol/events.ts";
import type { Candidate, RuleName } from "./changes.ts";
import type { ChangeIndex } from "./changeIndex.ts";
import type { DiffIndex, IndexedFile } from "./diffIndex.ts";
import type { RepositoryRoots } from "./repositoryRoots.ts";
import type { RunFacts } from "./runFacts.ts";
import type { ToolCall } from "./toolCalls.ts";
import type { DiffLine } from "./unifiedDiff.ts";

export interface Subject {
  readonly event: RunEvent;
  /** What its process runs, and above it those that started it. */
  readonly chain: readonly ExecInfo[];
  readonly tool: ToolCall | undefined;
  readonly facts: RunFacts;
  readonly roots: RepositoryRoots;
  readonly changes: ChangeIndex;
  /** The files that it is about, where it stands for many and one of them is meant. */
  readonly only?: string;
}

/** Finds lines for an event in one diff: that of the whole, or of a commit. */
export type Rule = (subject: Subject, diff: DiffIndex) => readonly Candidate[];

export const candidate = (
  file: IndexedFile,
  line: DiffLine | undefined,
  score: number,
  rule: RuleName,
  reason: string,
): Candidate => {
  const side = line?.kind === "removed" ? "left" : "right";
  const number = line === undefined ? undefined : side === "left" ? line.oldLine : line.newLine;
  return {
    path: file.path,
    ...(number === undefined ? {} : { line: number }),
    side,
    ...(side === "left" && line !== undefined ? { beside: line.newLine } : {}),
    score,
    rule,
    reason,
  };
};

/** A line that says little is in many places. */
const MIN_TEXT = 4;

const firstShared = (texts: readonly string[], file: IndexedFile): DiffLine | undefined => {
  const wanted = new Map<string, DiffLine>();
  for (const line of file.lines) {
    const text = line.text.trim();
    if (line.kind === "added" && text.length >= MIN_TEXT && !wanted.has(text)) wanted.set(text, line);
  }
  for (const text of texts) {
    const line = wanted.get(text.trim());
    if (line !== undefined) return line;
  }
  return undefined;
};

/** Of a file that is changed in several places, where this event's change is: by what its tool wrote, or by its commit. */
export const lineFor = (file: IndexedFile, { tool, event, changes }: Subject): DiffLine | undefined => {
  if (tool?.newText !== undefined) {
    const line = firstShared(tool.newText.slice(0, 100_000).split("\n"), file);
    if (line !== undefined) return line;
  }
  const commit = changes.commitsOf(file.path, event.t)[0];
  const inCommit = commit?.index.file(file.path)?.lines.filter(({ kind }) => kind === "added");
  const line =
    inCommit === undefined
      ? undefined
      : firstShared(
          inCommit.map(({ text }) => text),
          file,
        );
  return line ?? file.first;
};
