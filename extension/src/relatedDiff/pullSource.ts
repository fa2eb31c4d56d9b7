// The change of the pull request that a run worked on, from GitHub.
import type { ChangeIndex as Index } from "../diff/changeIndex.ts";
import { ChangeIndex } from "../diff/changeIndex.ts";
import { pullChanges } from "../diff/pullChanges.ts";
import type { RunFacts } from "../diff/runFacts.ts";
import type { GitHubClient } from "../github/gitHubClient.ts";
import type { CommitWithFiles, Pull, RepositoryName } from "../github/model.ts";
import { parseFullName } from "../github/names.ts";
import type { ChangeSource } from "./changeSource.ts";
import { emptyDocument, pullDocument } from "./pullDocuments.ts";

/** The files of so many commits are asked for, the newest ones: each is a request. */
const MAX_COMMITS = 40;

/** The pull request whose branch the run was on; the latest, where there are several. */
const pullOfRun = async (
  client: GitHubClient,
  repository: RepositoryName,
  facts: RunFacts,
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

export class PullSources {
  readonly #commits = new Map<string, CommitWithFiles>();
  /** By pull request and the head that it was read at. */
  readonly #known = new Map<string, ChangeSource>();

  /** The change of the run's pull request; undefined where it has none. Throws a `UserError` where GitHub does not answer. */
  async of(client: GitHubClient, facts: RunFacts): Promise<ChangeSource | undefined> {
    const repository = parseFullName(facts.repository ?? "");
    if (repository === undefined) return undefined;
    const pull = await pullOfRun(client, repository, facts);
    if (pull === undefined) return undefined;
    const name = `${repository.owner}/${repository.name}#${pull.number}`;
    const key = `${name} ${pull.head.sha} ${pull.base.sha}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [files, listed, base] = await Promise.all([
      client.pullFiles(pull),
      client.commits(pull),
      client.mergeBase(repository, pull.base.sha, pull.head.sha),
    ]);
    const commits: CommitWithFiles[] = [];
    for (const { sha } of listed.items.slice(-MAX_COMMITS)) commits.push(await this.#commit(client, repository, sha));
    const changes = new ChangeIndex(pullChanges(files.items, commits));
    // A fork's commits are found in the repository of the pull request, too.
    const source = sourceOf(name, repository, changes, base, pull.head.sha);
    if (this.#known.size >= 20) this.#known.clear();
    this.#known.set(key, source);
    return source;
  }

  async #commit(client: GitHubClient, repository: RepositoryName, sha: string): Promise<CommitWithFiles> {
    const known = this.#commits.get(sha);
    if (known !== undefined) return known;
    const commit = await client.commit(repository, sha);
    if (this.#commits.size >= 500) this.#commits.clear();
    this.#commits.set(sha, commit);
    return commit;
  }
}

const sourceOf = (
  name: string,
  repository: RepositoryName,
  changes: Index,
  base: string,
  head: string,
): ChangeSource => ({
  name,
  changes,
  folders: [],
  pathOf: (uri) => {
    const path = uri.path.slice(1);
    return uri.toString() === pullDocument(repository, path, head).toString() ? path : undefined;
  },
  sides: ({ path, commit }) => {
    const i = commit === undefined ? -1 : changes.commits.findIndex((one) => one.commit.sha === commit);
    const files = i < 0 ? changes.files : (changes.commits[i]?.commit.files ?? []);
    const file = files.find((one) => one.path === path);
    const from = i < 0 ? base : (changes.commits[i - 1]?.commit.sha ?? base);
    return {
      left: file?.status === "added" ? emptyDocument(path) : pullDocument(repository, file?.previousPath ?? path, from),
      right: file?.status === "removed" ? emptyDocument(path) : pullDocument(repository, path, commit ?? head),
    };
  },
});
