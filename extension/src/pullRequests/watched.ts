// What is known of the pull requests that are watched, for the view and the commands.
import type { GitHubFailure } from "../github/failures.ts";
import type { Job, Pull, PullName, RepositoryName, WorkflowRun } from "../github/model.ts";
import type { SessionGlance } from "../hosted/sessionGlance.ts";
import { pullKey } from "../github/names.ts";

/** One session of the agent: a workflow run, and its job as soon as that was asked for. */
export interface SessionEntry {
  readonly run: WorkflowRun;
  readonly job: Job | undefined;
  /** What is known of its log that is not open here; undefined until somebody looked. */
  readonly glance?: SessionGlance | undefined;
}

export interface PullEntry {
  readonly pull: Pull;
  /** The user has added it by itself, and can take it away. */
  readonly isAdded: boolean;
  /** Its branch is checked out here. */
  readonly isCheckedOut: boolean;
  /** The newest first. */
  readonly sessions: readonly SessionEntry[];
}

export interface RepositoryEntry {
  readonly name: RepositoryName;
  /** Whether copilot-setup-steps.yml on its default branch starts our collector; undefined while that is not known. */
  readonly hasMonitor: boolean | undefined;
  /** Why nothing is known of it. */
  readonly failure: GitHubFailure | undefined;
  /** Pull requests that were added by hand and are not to be had. */
  readonly missing: readonly MissingPull[];
}

export interface MissingPull {
  readonly name: PullName;
  readonly failure: GitHubFailure;
}

export interface Watched {
  readonly pulls: readonly PullEntry[];
  readonly repositories: readonly RepositoryEntry[];
  /** Why nothing is known, or nothing new. */
  readonly failure: GitHubFailure | undefined;
  /** The first answers have come. */
  readonly isKnown: boolean;
}

/** A repository that is open here, and what of it is checked out. */
export interface OpenRepository {
  readonly name: RepositoryName;
  readonly branch: string | undefined;
  /** Number of the pull request that the branch is known to belong to. */
  readonly pull: number | undefined;
}

/** What is to be watched. */
export interface Wishes {
  readonly repositories: readonly OpenRepository[];
  readonly added: readonly PullName[];
}

export const sessionKey = ({ owner, name, id, attempt }: WorkflowRun): string =>
  `${owner}/${name}/${id}.${attempt}`.toLowerCase();

/** Of its row below a pull request; two of one branch have the same sessions. */
export const sessionRowId = ({ pull }: Pick<PullEntry, "pull">, { run }: Pick<SessionEntry, "run">): string =>
  `${pullKey(pull)} ${sessionKey(run)}`;

export const isSamePull = (a: PullName, b: PullName): boolean => pullKey(a) === pullKey(b);

export const findPull = ({ pulls }: Watched, name: PullName): PullEntry | undefined =>
  pulls.find(({ pull }) => isSamePull(pull, name));
