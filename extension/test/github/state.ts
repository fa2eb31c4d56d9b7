// What the tests' own GitHub holds: plain objects that a test makes, and changes while the server runs. Times are in milliseconds
// since the epoch; ids only have to be different.

export interface FakeAccount {
  readonly login: string;
  readonly id: number;
  readonly type: "User" | "Bot";
}

export interface FakeFile {
  filename: string;
  previousFilename?: string;
  status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed" | "unchanged";
  additions: number;
  deletions: number;
  /** Absent of a binary file and of one that is too large. */
  patch?: string;
  sha?: string;
}

export interface FakeCommit {
  sha: string;
  message: string;
  author: FakeAccount | undefined;
  /** Of both author and committer. */
  date: number;
  parents: string[];
  files: FakeFile[];
}

export interface FakeComment {
  id: number;
  author: FakeAccount;
  body: string;
  createdAt: number;
}

/** On a line of the diff. */
export interface FakeReviewComment extends FakeComment {
  commit: string;
  path: string;
  line: number;
  side: "LEFT" | "RIGHT";
}

export interface FakeTimelineEvent {
  id: number;
  event: string;
  createdAt: number;
  /** Slug of the app that did it. */
  app?: string;
}

export interface FakePull {
  number: number;
  id: number;
  title: string;
  body: string;
  state: "open" | "closed";
  mergedAt?: number;
  draft: boolean;
  author: FakeAccount;
  /** `repository` is the full name of the fork, undefined where that is deleted; absent: the repository itself. */
  head: { branch: string; sha: string; repository?: string | undefined };
  base: { branch: string; sha: string };
  mergeBase?: string;
  createdAt: number;
  updatedAt: number;
  files: FakeFile[];
  commits: FakeCommit[];
  comments: FakeComment[];
  reviewComments?: FakeReviewComment[];
  timeline: FakeTimelineEvent[];
}

export type FakeStatus = "queued" | "pending" | "waiting" | "requested" | "in_progress" | "completed";

export interface FakeStep {
  number: number;
  name: string;
  status: FakeStatus;
  conclusion?: string;
  startedAt?: number;
  completedAt?: number;
}

export interface FakeJob {
  id: number;
  attempt: number;
  name: string;
  status: FakeStatus;
  conclusion?: string;
  startedAt?: number;
  completedAt?: number;
  runnerName: string;
  labels: string[];
  steps: FakeStep[];
  /** Told only when the job is completed; absent where GitHub has none, as of a cancelled one. */
  log?: string;
}

export interface FakeArtifact {
  id: number;
  name: string;
  /** Content by path; sent as a ZIP archive. */
  files: Record<string, Buffer | string>;
  /** The archive itself, for one that is damaged. */
  archive?: Buffer;
  expired: boolean;
  createdAt: number;
  expiresAt: number;
}

export interface FakeRun {
  id: number;
  attempt: number;
  name: string;
  title: string;
  path: string;
  event: string;
  status: FakeStatus;
  conclusion?: string;
  branch: string;
  headSha: string;
  /** Full name of the repository that the branch is in; absent: the repository itself. */
  headRepository?: string;
  actor: FakeAccount;
  createdAt: number;
  startedAt: number;
  updatedAt: number;
  jobs: FakeJob[];
  artifacts: FakeArtifact[];
}

export interface FakeRepository {
  id: number;
  owner: string;
  name: string;
  private: boolean;
  defaultBranch: string;
  pulls: FakePull[];
  runs: FakeRun[];
  /** Content by ref (branch or sha), then by path. */
  contents: Record<string, Record<string, string>>;
}

/** One answer for all requests that `matches`, in place of the good one. */
export interface FakeFault {
  readonly matches: RegExp;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface FakeState {
  /** Tokens that are taken, and whose they are. */
  tokens: Record<string, FakeAccount>;
  repositories: FakeRepository[];
  rate: { limit: number; remaining: number; resetsAt: number };
  /** Matched against `METHOD /path?query` without the prefix; the first one counts. */
  faults: FakeFault[];
  /** GitHub's clock. */
  now: () => number;
}

/** The account that Copilot's cloud agent works under. */
export const COPILOT: FakeAccount = { login: "Copilot", id: 198_982_749, type: "Bot" };
export const ALICE: FakeAccount = { login: "alice", id: 1, type: "User" };
export const FAKE_TOKEN = "github_pat_fake_of_the_tests";

export const emptyState = (now: () => number = Date.now): FakeState => ({
  tokens: { [FAKE_TOKEN]: ALICE },
  repositories: [],
  rate: { limit: 5000, remaining: 5000, resetsAt: now() + 3_600_000 },
  faults: [],
  now,
});
