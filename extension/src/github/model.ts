// What is known of pull requests, commits, workflow runs, jobs and artifacts: plain values, decoded and bounded, so that nothing
// behind the client depends on how GitHub writes them. All text in them is somebody's: show it as plain text only.
// Times are milliseconds since the epoch, of GitHub's clock.

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

export interface PullName extends RepositoryName {
  readonly number: number;
}

export interface Account {
  readonly login: string;
  readonly id: number;
}

export interface Pull extends PullName {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  /** Of its page. */
  readonly url: string;
  readonly state: "open" | "closed" | "merged";
  readonly draft: boolean;
  readonly author: Account | undefined;
  readonly head: {
    readonly branch: string;
    readonly sha: string;
    /** Undefined where the fork that it came from is deleted. */
    readonly repository: (RepositoryName & { readonly id: number }) | undefined;
  };
  readonly base: { readonly branch: string; readonly sha: string };
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** How many there are, also where no list has all of them. */
export interface PullSize {
  readonly files: number;
  readonly commits: number;
}

export type FileStatus = "added" | "removed" | "modified" | "renamed" | "copied" | "changed" | "unchanged";

/** A file of a pull request or of a commit. */
export interface ChangedFile {
  readonly filename: string;
  readonly previousFilename?: string;
  readonly status: FileStatus;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks of a unified diff, without the lines that name the files. Absent of binary files and of what is too large. */
  readonly patch?: string;
  /** Of the blob. */
  readonly sha?: string;
}

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly url: string;
  readonly author: Account | undefined;
  readonly authoredAt: number;
  readonly committedAt: number;
  readonly parents: readonly string[];
}

export interface CommitWithFiles extends Commit {
  readonly files: readonly ChangedFile[];
}

export type RunStatus = "queued" | "in_progress" | "completed" | "waiting" | "requested" | "pending";

/** GitHub's word: `success`, `failure`, `cancelled`, `skipped`, `timed_out`, `action_required`, `neutral`, `stale`, … */
export type Conclusion = string;

export interface WorkflowRun extends RepositoryName {
  readonly id: number;
  readonly attempt: number;
  /** The workflow's name, which GitHub changes at will and whoever starts an agent can choose. */
  readonly workflow: string;
  readonly title: string;
  /** Of the workflow's file; a run that no file describes has one like `dynamic/copilot-swe-agent/copilot`. */
  readonly path: string;
  readonly event: string;
  readonly status: RunStatus;
  readonly conclusion: Conclusion | undefined;
  readonly branch: string;
  readonly headSha: string;
  readonly headRepositoryId: number | undefined;
  readonly actor: Account | undefined;
  readonly url: string;
  readonly createdAt: number;
  /** Of the present attempt. */
  readonly startedAt: number;
  readonly updatedAt: number;
}

export interface JobStep {
  readonly number: number;
  readonly name: string;
  readonly status: RunStatus;
  readonly conclusion: Conclusion | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
}

export interface Job {
  readonly id: number;
  readonly runId: number;
  readonly attempt: number;
  readonly name: string;
  readonly status: RunStatus;
  readonly conclusion: Conclusion | undefined;
  readonly url: string;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly runner: string | undefined;
  readonly labels: readonly string[];
  readonly steps: readonly JobStep[];
}

export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly expired: boolean;
  readonly createdAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** SHA-256 of the archive in hexadecimal digits, where GitHub tells it. */
  readonly sha256: string | undefined;
}

export interface Comment {
  readonly id: number;
  readonly author: Account | undefined;
  readonly body: string;
  readonly createdAt: number;
}

/** Where a comment on a line of a pull request's diff stands. */
export interface ReviewPlace {
  /** The commit whose diff the line is of: the pull request's head. */
  readonly commit: string;
  readonly path: string;
  /** From 1; on the left side it counts in the base's file. */
  readonly line: number;
  readonly side: "left" | "right";
}

export interface WrittenComment {
  readonly id: number;
  /** Its page on GitHub itself; undefined where GitHub tells of none there. */
  readonly url: string | undefined;
}

/** A list that is read to its end, or as far as our bounds go. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly complete: boolean;
}
