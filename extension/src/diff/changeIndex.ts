// A whole change set, read once: the diff of all of it, and those of its commits when they are asked for.
import type { ChangeCommit, ChangedFile, ChangeSet } from "./changes.ts";
import { DiffIndex } from "./diffIndex.ts";

/** The runner's clock and the committer's may differ, and a commit's time is cut to seconds. */
const SKEW_MS = 2000;
/** The diffs of so many commits are read. */
const MAX_COMMITS = 100;

export class CommitIndex {
  readonly commit: ChangeCommit;
  /** Milliseconds since the epoch: what happened in between went into this commit. */
  readonly from: number;
  readonly to: number;
  #index: DiffIndex | undefined;

  constructor(commit: ChangeCommit, from: number, to: number) {
    this.commit = commit;
    this.from = from;
    this.to = to;
  }

  get index(): DiffIndex {
    return (this.#index ??= new DiffIndex(this.commit.files));
  }
}

/** A rebase gives all commits one time: then it is the authors' times that tell. */
const timesOf = (commits: readonly ChangeCommit[]): number[] => {
  const committed = commits.map(({ committedAt }) => committedAt);
  const spread = Math.max(...committed) - Math.min(...committed);
  const authored = commits.map(({ authoredAt }) => authoredAt);
  const authoredSpread = Math.max(...authored) - Math.min(...authored);
  return commits.length > 1 && spread < 5000 && authoredSpread > spread ? authored : committed;
};

export class ChangeIndex {
  readonly whole: DiffIndex;
  readonly files: readonly ChangedFile[];
  /** Oldest first. */
  readonly commits: readonly CommitIndex[];

  constructor({ files, commits }: ChangeSet) {
    this.files = files;
    this.whole = new DiffIndex(files);
    const newest = commits.slice(-MAX_COMMITS);
    const times = timesOf(newest);
    this.commits = newest.map(
      (commit, i) => new CommitIndex(commit, i === 0 ? -Infinity : (times[i - 1] ?? 0), times[i] ?? 0),
    );
  }

  /** The commit that what happened at `t` (microseconds) went into; undefined behind the last one. */
  commitAt(t: number): CommitIndex | undefined {
    const ms = t / 1000;
    return this.commits.find(({ to, commit }) => ms <= to + SKEW_MS && commit.files.length > 0);
  }

  /** The commits whose diff has this file, beginning with the one that `t` belongs to, then those behind, then before. */
  commitsOf(path: string, t: number): CommitIndex[] {
    const at = this.commitAt(t);
    const start = at === undefined ? this.commits.length : this.commits.indexOf(at);
    return [...this.commits.slice(start), ...this.commits.slice(0, start).toReversed()].filter(({ commit }) =>
      commit.files.some((file) => file.path === path || file.previousPath === path),
    );
  }
}
