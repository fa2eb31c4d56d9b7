// What a pull request, or a working tree, changes: the input of all that relates events to lines.

export type FileStatus = "added" | "removed" | "modified" | "renamed" | "copied" | "changed" | "unchanged";

/** Why a changed file has no lines to go to. */
export type NoLines = "binary" | "tooLarge" | "unchanged";

export interface ChangedFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly previousPath?: string;
  readonly status: FileStatus;
  /** Hunks of a unified diff, without file headers; absent for a binary file, and where the diff is too large. */
  readonly patch?: string;
  /** Said where there is no patch. */
  readonly noLines?: NoLines;
}

export interface ChangeCommit {
  readonly sha: string;
  readonly message: string;
  /** Milliseconds since the epoch, of whole seconds. A rebase sets the second anew. */
  readonly authoredAt: number;
  readonly committedAt: number;
  readonly files: readonly ChangedFile[];
}

export interface ChangeSet {
  readonly files: readonly ChangedFile[];
  /** Oldest first. */
  readonly commits: readonly ChangeCommit[];
  /** How many files the change really has, where more than those are known of. */
  readonly totalFiles?: number;
  /** The same of its commits. */
  readonly totalCommits?: number;
}

export type Side = "left" | "right";

/** Where an event may belong. */
export interface Candidate {
  readonly path: string;
  /** From 1; absent where the file has no lines to show. `left` counts in the base's file. */
  readonly line?: number;
  readonly side: Side;
  /** Of a line of the left: the one of the right that it stands beside. */
  readonly beside?: number;
  /** 0 to 1. */
  readonly score: number;
  readonly rule: RuleName;
  /** One sentence part, of trusted words and quoted names. */
  readonly reason: string;
  /** In the diff of this commit, and not in the whole one. */
  readonly commit?: string;
}

export type RuleName = "file" | "script" | "package" | "host" | "time" | "tool";

/** From here on one key opens the line without asking. */
export const CONFIDENT = 0.8;
