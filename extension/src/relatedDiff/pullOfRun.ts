// Which pull request a run worked on, and how it stands to it now.
import type { RunFacts } from "../diff/runFacts.ts";
import { UserError } from "../errors.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { ChangedFile, Commit, Listed, Pull, PullSize, RepositoryName } from "../github/model.ts";

/** What a run says of its job. */
type Job = Pick<RunFacts, "ref" | "runId" | "sha">;

/** GitHub lists no more files of a pull request, nor commits. */
const LISTED = { files: 3000, commits: 250 } as const;

/** The pull request whose branch the run was on; the latest, where there are several. */
export const pullOfRun = async (
  client: GitHubClient,
  repository: RepositoryName,
  facts: Job,
): Promise<Pull | undefined> => {
  const number = /^\d{1,15}$/.test(facts.runId ?? "") ? Number(facts.runId) : undefined;
  const run = number === undefined ? undefined : await client.run(repository, number).catch(() => undefined);
  const named = /^refs\/heads\/(.+)$/.exec(facts.ref ?? "")?.[1];
  const ofPull = /^refs\/pull\/(\d{1,9})\//.exec(facts.ref ?? "")?.[1];
  if (ofPull !== undefined) return client.pull({ ...repository, number: Number(ofPull) });
  // The log says what the runner was told; GitHub knows which branch it was.
  const branch = run?.branch ?? named;
  if (branch === undefined || branch === "") return undefined;
  const [pull] = await client.pulls(repository, { branch, state: "all" });
  return pull;
};

/** Of a pull request as it is now, and whether it was rewritten since a run began: that is of the run, not of the pull request. */
export const sourceKey = ({ owner, name, number, head, base }: Pull, { ref = "", sha = "" }: Job): string =>
  JSON.stringify([owner, name, number, head.sha, base.sha, ref, sha]);

/** How many files and commits there are, where GitHub has listed as many as it ever does. */
export const sizeOf = async (
  client: GitHubClient,
  pull: Pull,
  files: Listed<ChangedFile>,
  commits: Listed<Commit>,
): Promise<PullSize> => {
  const isWhole = files.complete && files.items.length < LISTED.files && commits.items.length < LISTED.commits;
  const listed = { files: files.items.length, commits: commits.items.length };
  return isWhole ? listed : client.pullSize(pull);
};

/** Whether what the run began at is no longer below the pull request's head. */
export const isRewritten = async (
  client: GitHubClient,
  repository: RepositoryName,
  pull: Pull,
  { ref, sha }: Job,
): Promise<boolean> => {
  // A trial merge is below no branch's head.
  if (sha === undefined || sha === pull.head.sha || ref?.startsWith("refs/pull/") === true) return false;
  try {
    return (await client.mergeBase(repository, sha, pull.head.sha)) !== sha;
  } catch (error) {
    // GitHub forgets commits that are below nothing any more.
    if (error instanceof UserError && error.failure.code === "notThere") return true;
    throw error;
  }
};
