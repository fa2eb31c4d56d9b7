// What following a run on GitHub's own machines asks of GitHub, and the plain values that come back. The extension's GitHub
// client answers all of it; a test's small fake does too. All texts are somebody's. Times are milliseconds since the epoch,
// on GitHub's clock.

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

export interface HostedArtifact {
  readonly id: number;
  readonly name: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly expired: boolean;
  readonly createdAt: number | undefined;
  /** SHA-256 of the archive in hexadecimal digits, where GitHub tells it. */
  readonly sha256?: string | undefined;
}

export interface WorkflowRunFacts {
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly attempt: number;
  readonly title: string;
  readonly workflow: string;
  readonly branch: string;
  readonly headSha: string;
  readonly event: string;
  readonly url: string;
  readonly startedAt: number;
  readonly actor: { readonly login: string } | undefined;
}

export interface HostedStep {
  readonly number: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
}

export interface HostedJob {
  readonly id: number;
  readonly attempt: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  readonly runner: string | undefined;
  readonly steps: readonly HostedStep[];
}

interface Asking {
  readonly signal?: AbortSignal;
}

/** What the agent has written for people. */
export interface WrittenText {
  readonly author: { readonly login: string } | undefined;
  readonly body: string;
  readonly createdAt: number;
}

/** Each throws a `UserError` that says what is wrong and what to do. */
export interface HostedSource {
  /** Answers of the last hour that counted against GitHub's rate limit; absent where nobody counts. */
  readonly billedLastHour?: number;
  run(repository: RepositoryName, run: number, asking?: Asking): Promise<WorkflowRunFacts>;
  /** Of the run's latest attempt, or of `attempt`. */
  jobs(
    repository: RepositoryName,
    run: number,
    options?: Asking & { readonly attempt?: number },
  ): Promise<readonly HostedJob[]>;
  /** Undefined while there is none; of a cancelled job there never is. */
  jobLog(repository: RepositoryName, job: number, asking?: Asking): Promise<string | undefined>;
  /** Latest changed first. */
  pulls(
    repository: RepositoryName,
    query?: Asking & { readonly state?: "all"; readonly branch?: string },
  ): Promise<readonly (WrittenText & { readonly number: number })[]>;
  comments(
    pull: RepositoryName & { readonly number: number },
    asking?: Asking,
  ): Promise<{ readonly items: readonly WrittenText[] }>;
  /** Of all attempts, as far as GitHub still has them; the newest `pages` hundred of them, or all. */
  artifacts(
    repository: RepositoryName,
    run: number,
    options?: Asking & { readonly pages?: number },
  ): Promise<{ readonly items: readonly HostedArtifact[]; readonly complete: boolean }>;
  /** Writes the artifact's ZIP archive to a new file. */
  downloadArtifact(
    repository: RepositoryName,
    artifact: number,
    path: string,
    options: Asking & {
      readonly maxBytes: number;
      /** What the archive must be. */
      readonly sha256?: string | undefined;
      readonly onProgress?: (bytes: number) => void;
    },
  ): Promise<number>;
}
