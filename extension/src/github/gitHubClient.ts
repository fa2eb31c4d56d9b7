// What the extension asks of GitHub: a few typed questions. Who asks them knows neither octokit nor HTTP.
//
// Every function throws a `UserError` with a `GitHubFailure` for whatever goes wrong between here and GitHub's good answer, and
// an `AbortError` where `signal` was aborted. Every GET is conditional: what has not changed costs nothing of the rate limit.
import type {
  Artifact,
  ChangedFile,
  Comment,
  Commit,
  CommitWithFiles,
  Job,
  Listed,
  Pull,
  PullName,
  PullSize,
  RepositoryName,
  ReviewPlace,
  WorkflowRun,
  WrittenComment,
} from "./model.ts";
import type { GitHubSite } from "./site.ts";

export interface Asking {
  readonly signal?: AbortSignal;
}

export interface RunsQuery extends Asking {
  readonly branch?: string;
  /** `dynamic` for the runs of GitHub's own agents. */
  readonly event?: string;
}

export interface PullsQuery extends Asking {
  readonly state?: "open" | "closed" | "all";
  /** Name of the head's branch, in the repository itself. */
  readonly branch?: string;
}

export interface DownloadOptions extends Asking {
  /** A larger archive is not fetched; bytes. */
  readonly maxBytes: number;
  /** SHA-256 of the archive in hexadecimal digits, as GitHub has told it: another archive is refused. */
  readonly sha256?: string | undefined;
  /** Called with the bytes that have come so far. */
  readonly onProgress?: (bytes: number) => void;
}

/** How much may still be asked. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds since the epoch. */
  readonly resetsAt: number;
}

export interface GitHubClient {
  readonly site: GitHubSite;
  /** As GitHub last told it; undefined before its first answer, and where it has none. */
  readonly rateLimit: RateLimit | undefined;
  /** Milliseconds since the epoch until which GitHub wants to be left alone; 0 where it does not. Until then every question fails at once. */
  readonly pausedUntil: number;
  /** Requests of the last hour that counted against the rate limit. */
  readonly billedLastHour: number;

  /** Whose token it is. */
  viewer(asking?: Asking): Promise<string>;
  /** Latest changed first; 100 at most. */
  pulls(repository: RepositoryName, query?: PullsQuery): Promise<readonly Pull[]>;
  pull(name: PullName, asking?: Asking): Promise<Pull>;
  pullSize(name: PullName, asking?: Asking): Promise<PullSize>;
  /** GitHub tells of 3,000 files at most. */
  pullFiles(name: PullName, asking?: Asking): Promise<Listed<ChangedFile>>;
  /** Oldest first; GitHub tells of 250 at most. */
  commits(name: PullName, asking?: Asking): Promise<Listed<Commit>>;
  commit(repository: RepositoryName, sha: string, asking?: Asking): Promise<CommitWithFiles>;
  /** Sha of the commit that `base` and `head` have in common. */
  mergeBase(repository: RepositoryName, base: string, head: string, asking?: Asking): Promise<string>;
  /** Writes a comment on the pull request as a whole. What comes of it without an answer is not known: `writeUnknown`. */
  comment(name: PullName, body: string, asking?: Asking): Promise<WrittenComment>;
  /** Writes a comment on a line of its diff; `writeInvalid` where that is none. */
  reviewComment(name: PullName, place: ReviewPlace, body: string, asking?: Asking): Promise<WrittenComment>;
  comments(name: PullName, asking?: Asking): Promise<Listed<Comment>>;
  /** Content of a file as of `ref`, or of the default branch; undefined where there is none, or where it is no file of at most 1 MB. */
  file(repository: RepositoryName, path: string, ref: string | undefined, asking?: Asking): Promise<Buffer | undefined>;
  /** Newest first; 100 at most. */
  runs(repository: RepositoryName, query?: RunsQuery): Promise<readonly WorkflowRun[]>;
  run(repository: RepositoryName, run: number, asking?: Asking): Promise<WorkflowRun>;
  /** Of the run's latest attempt, or of `attempt`. */
  jobs(
    repository: RepositoryName,
    run: number,
    options?: Asking & { readonly attempt?: number },
  ): Promise<readonly Job[]>;
  /** Text of a job's log; undefined while there is none (GitHub has it only after the job, and of a cancelled one never). */
  jobLog(repository: RepositoryName, job: number, asking?: Asking): Promise<string | undefined>;
  /** Newest first. Those of all attempts; the newest `pages` hundred, or 2,000. */
  artifacts(
    repository: RepositoryName,
    run: number,
    options?: Asking & { readonly pages?: number },
  ): Promise<Listed<Artifact>>;
  /** Writes the artifact's ZIP archive to a new file that only the user may read; a file that did not come whole is removed. Gives its size. */
  downloadArtifact(
    repository: RepositoryName,
    artifact: number,
    path: string,
    options: DownloadOptions,
  ): Promise<number>;
}

export interface GitHubClientOptions {
  readonly site: GitHubSite;
  /** Goes to `site.api` only. */
  readonly token: string;
  /** Of the program that asks, for GitHub's own log. */
  readonly userAgent: string;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
}
